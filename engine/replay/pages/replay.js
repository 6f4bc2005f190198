"use strict";
(() => {
    const $ = (id) => document.getElementById(id);
    const data = JSON.parse($("data").textContent);
    const details = $("details").textContent.split("\n").slice(1); // parsed when asked for
    const count = data.at.length;
    const LANE = 16, LEFT = 92, RIGHT = 10;

    // Outcomes of failed executions are warm, others cool; the most frequent come first.
    const cool = ["#2f7ed8", "#1aa179", "#7a5cd1", "#12a5b8", "#5b8c2a", "#8094ad"];
    const warm = ["#e8590c", "#d6336c", "#b8860b", "#c92a2a", "#a0522d", "#ad7f80"];
    const totals = data.outcomes.map(() => 0);
    for (let i = 0; i < count; i++) {
        totals[data.outcome[i]]++;
    }
    const order = data.outcomes.map((_, i) => i).sort((a, b) => totals[b] - totals[a] || a - b);
    const colors = [];
    const used = [0, 0];
    for (const outcome of order) {
        const failed = data.failed[outcome];
        const palette = failed ? warm : cool;
        colors[outcome] = palette[used[failed]++ % palette.length];
    }

    const last = count === 0 ? 1 : data.at.reduce((a, b) => Math.max(a, b), 1);
    const state = { start: 0, end: last, hidden: new Set(), selected: -1, drag: null };
    let lanes = [];   // key indexes, in the order they are shown
    let laneOf = [];  // by key
    const byTime = Array.from({ length: count }, (_, i) => i).sort((a, b) => data.at[a] - data.at[b] || a - b);

    const number = (value) => value.toLocaleString("en");
    const time = (ms, precise) => {
        const iso = new Date(data.from + ms).toISOString();
        return iso.slice(0, 10) + " " + iso.slice(11, precise ? 23 : 19);
    };
    const visible = (i) => !state.hidden.has(data.outcome[i]) && (!$("wrong").checked || data.violated[i]);
    const element = (parent, name, text, className) => {
        const made = document.createElement(name);
        if (text !== undefined) {
            made.textContent = text;
        }
        if (className) {
            made.className = className;
        }
        parent.append(made);
        return made;
    };
    const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

    // --- drawing ---

    function prepare(canvas, height) {
        const width = canvas.clientWidth;
        const ratio = window.devicePixelRatio || 1;
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        const pen = canvas.getContext("2d");
        pen.scale(ratio, ratio);
        pen.clearRect(0, 0, width, height);
        pen.font = "11px system-ui, sans-serif";
        pen.textBaseline = "middle";
        return { pen, width, height, plot: width - LEFT - RIGHT };
    }
    const x = (ms, plot) => LEFT + (ms - state.start) / (state.end - state.start) * plot;
    const ms = (at, plot) => state.start + (at - LEFT) / plot * (state.end - state.start);

    const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5,
        72e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 6048e5, 2592e6, 7776e6, 31536e6];
    function axis({ pen, plot, height }) {
        const step = steps.find((s) => (state.end - state.start) / s * 90 <= plot) || steps[steps.length - 1];
        pen.fillStyle = ink("--faint");
        pen.strokeStyle = ink("--line");
        pen.textAlign = "center";
        pen.beginPath();
        for (let at = Math.ceil((data.from + state.start) / step) * step - data.from; at <= state.end; at += step) {
            const place = Math.round(x(at, plot)) + 0.5;
            pen.moveTo(place, 0);
            pen.lineTo(place, height - 16);
            const iso = new Date(data.from + at).toISOString();
            pen.fillText(step < 1000 ? iso.slice(14, 23) : step < 864e5 ? iso.slice(11, step < 6e4 ? 19 : 16) : iso.slice(0, 10), place, height - 7);
        }
        pen.stroke();
    }
    function scale({ pen }, top, height, most) {
        pen.fillStyle = ink("--faint");
        pen.textAlign = "right";
        pen.fillText(number(most), LEFT - 6, top + 6);
        pen.fillText("0", LEFT - 6, top + height - 5);
    }

    function drawTime() {
        const view = prepare($("time"), 150);
        axis(view);
        const bins = Math.max(1, Math.floor(view.plot / 4));
        const heights = new Float64Array(bins * data.outcomes.length);
        const wrong = new Uint8Array(bins);
        let most = 1;
        const sums = new Float64Array(bins);
        for (let i = 0; i < count; i++) {
            const bin = Math.floor((data.at[i] - state.start) / (state.end - state.start) * bins);
            const place = data.at[i] === state.end ? bins - 1 : bin;
            if (place >= 0 && place < bins && visible(i)) {
                heights[place * data.outcomes.length + data.outcome[i]]++;
                wrong[place] |= data.violated[i];
                most = Math.max(most, ++sums[place]);
            }
        }
        const room = view.height - 24;
        for (let bin = 0; bin < bins; bin++) {
            let top = room + 4;
            for (const outcome of order) {
                const height = heights[bin * data.outcomes.length + outcome] / most * room;
                view.pen.fillStyle = colors[outcome];
                view.pen.fillRect(LEFT + bin * view.plot / bins, top - height, Math.max(1, view.plot / bins - 0.6), height);
                top -= height;
            }
            if (wrong[bin]) {
                view.pen.fillStyle = ink("--mark");
                view.pen.fillRect(LEFT + bin * view.plot / bins, top - 3, Math.max(2, view.plot / bins - 0.6), 2);
            }
        }
        scale(view, 4, room, most);
        drawRange(view);
    }

    function drawStores() {
        const view = prepare($("stores"), 96);
        axis(view);
        const room = view.height - 24;
        const names = Object.keys(data.sizes);
        let most = 1;
        for (const name of names) {
            for (const [, records] of data.sizes[name]) {
                most = Math.max(most, records);
            }
        }
        view.pen.save();
        view.pen.beginPath();
        view.pen.rect(LEFT, 0, view.plot, room + 6);
        view.pen.clip();
        names.forEach((name, place) => {
            const color = cool[place % cool.length];
            view.pen.strokeStyle = view.pen.fillStyle = color;
            view.pen.lineWidth = 1.5;
            view.pen.beginPath();
            let before = null;
            for (const [event, records] of data.sizes[name]) {
                const across = x(data.at[event], view.plot);
                const up = 4 + room - records / most * room;
                if (before !== null) {
                    view.pen.lineTo(across, before);
                }
                view.pen[before === null ? "moveTo" : "lineTo"](across, up);
                before = up;
            }
            view.pen.stroke();
            view.pen.textAlign = "left";
            view.pen.fillText(name, LEFT + 6 + place * 110, 16);
        });
        view.pen.restore();
        scale(view, 4, room, most);
        drawRange(view);
    }

    function drawRange(view) {
        if (state.drag && state.drag.moved) {
            const [a, b] = [state.drag.from, state.drag.to].sort((p, q) => p - q);
            view.pen.fillStyle = "rgba(59,130,246,.2)";
            view.pen.fillRect(a, 0, b - a, view.height - 16);
        }
        if (state.selected >= 0) {
            const place = x(data.at[state.selected], view.plot);
            if (place >= LEFT && place <= LEFT + view.plot) {
                view.pen.fillStyle = ink("--mark");
                view.pen.fillRect(place - 0.5, 0, 1, view.height - 16);
            }
        }
    }

    function drawLanes() {
        const box = $("lanes");
        const canvas = $("lane-canvas");
        const height = box.clientHeight;
        canvas.style.height = height + "px";
        const view = prepare(canvas, height);
        const first = Math.floor(box.scrollTop / LANE);
        const rows = Math.ceil(height / LANE) + 1;
        view.pen.textAlign = "right";
        for (let row = first; row < Math.min(first + rows, lanes.length); row++) {
            const top = row * LANE - box.scrollTop;
            if (row % 2 === 1) {
                view.pen.fillStyle = ink("--panel");
                view.pen.fillRect(0, top, view.width, LANE);
            }
            view.pen.fillStyle = ink("--ink");
            const name = data.keys[lanes[row]] || "(none)";
            view.pen.fillText(name.length > 14 ? "…" + name.slice(-13) : name, LEFT - 8, top + LANE / 2);
        }
        for (let i = 0; i < count; i++) {
            const row = laneOf[data.key[i]];
            const at = data.at[i];
            if (row === undefined || row < first || row >= first + rows || at < state.start || at > state.end || !visible(i)) {
                continue;
            }
            const place = x(at, view.plot);
            const top = row * LANE - box.scrollTop;
            view.pen.fillStyle = colors[data.outcome[i]];
            view.pen.fillRect(place - 1, top + 2, 2.5, LANE - 4);
            if (data.violated[i]) {
                view.pen.fillStyle = ink("--mark");
                view.pen.fillRect(place - 2, top, 4.5, 2);
                view.pen.fillRect(place - 2, top + LANE - 2, 4.5, 2);
            }
        }
        if (state.selected >= 0 && laneOf[data.key[state.selected]] !== undefined) {
            view.pen.strokeStyle = ink("--mark");
            view.pen.strokeRect(x(data.at[state.selected], view.plot) - 3.5, laneOf[data.key[state.selected]] * LANE - box.scrollTop + 0.5, 7, LANE - 1);
        }
    }

    let asked = false;
    function draw() {
        if (!asked) {
            asked = true;
            requestAnimationFrame(() => {
                asked = false;
                drawTime();
                drawStores();
                drawLanes();
            });
        }
    }

    // --- lanes ---

    function layLanes() {
        const wanted = $("find").value.toLowerCase();
        const sums = data.keys.map(() => 0);
        for (let i = 0; i < count; i++) {
            sums[data.key[i]] += visible(i) ? 1 : 0;
        }
        lanes = data.keys.map((_, i) => i).filter((i) => sums[i] > 0 && data.keys[i].toLowerCase().includes(wanted))
            .sort((a, b) => sums[b] - sums[a] || a - b);
        laneOf = [];
        lanes.forEach((key, row) => { laneOf[key] = row; });
        $("room").style.height = Math.max(lanes.length * LANE, $("lanes").clientHeight) + "px";
        $("lanes-title").textContent = `${data.keyPath || "Events"}: ${number(lanes.length)} of ${number(data.keys.length)}, the busiest first`;
        draw();
    }

    // --- details ---

    function pretty(text) {
        try {
            return JSON.stringify(JSON.parse(text), null, 2);
        } catch {
            return text; // it was cut
        }
    }

    function showStep(panel, step) {
        if (step.more !== undefined) {
            element(panel, "h4", `… and ${number(step.more)} further steps`);
            return;
        }
        const [module, label] = data.steps[step.id] || ["", ""];
        element(panel, "h4", `${step.id} · ${module}${label ? " · " + label : ""}` +
            (step.bundles !== undefined && step.bundles !== 1 ? ` · ${number(step.bundles)} bundles` :
                step.length !== undefined ? ` · a list of ${number(step.length)}` : ""));
        if (step.error !== undefined) {
            element(panel, "pre", step.error, "bad");
        } else if (step.bundles !== 0) {
            element(panel, "pre", pretty(step.output));
        }
    }

    function show(i) {
        const panel = $("detail");
        panel.replaceChildren();
        state.selected = i;
        if (i < 0) {
            element(panel, "p", "Click an event to see what its steps gave.", "hint");
            draw();
            return;
        }
        element(panel, "h3", `Line ${data.line[i]}: ${data.outcomes[data.outcome[i]]}`);
        element(panel, "p", `${time(data.at[i], true)} UTC · ${data.keys[data.key[i]] || "no key"}`, "hint");
        const detail = i < details.length && details[i] !== "" ? JSON.parse(details[i]) : null;
        if (detail === null) {
            element(panel, "p", "The page keeps what the steps gave of the first events only.", "hint");
        } else {
            for (const line of detail.violations || []) {
                element(panel, "pre", line, "bad");
            }
            for (const part of ["payload", "request"]) {
                if (detail[part] !== undefined) {
                    element(panel, "h4", part);
                    element(panel, "pre", JSON.stringify(detail[part], null, 2));
                }
            }
            for (const step of detail.steps || []) {
                showStep(panel, step);
            }
            for (const part of ["response", "error"]) {
                if (detail[part] !== undefined) {
                    element(panel, "h4", part);
                    element(panel, "pre", typeof detail[part] === "string" ? detail[part] : JSON.stringify(detail[part], null, 2), part === "error" ? "bad" : "");
                }
            }
        }
        draw();
    }

    function reveal(i) {
        const width = state.end - state.start;
        if (data.at[i] < state.start || data.at[i] > state.end) {
            look(data.at[i] - width / 2, data.at[i] + width / 2);
        }
        const row = laneOf[data.key[i]];
        const box = $("lanes");
        if (row !== undefined && (row * LANE < box.scrollTop || (row + 1) * LANE > box.scrollTop + box.clientHeight)) {
            box.scrollTop = row * LANE - box.clientHeight / 2;
        }
        show(i);
    }

    function step(by) {
        const shown = byTime.filter((i) => visible(i) && laneOf[data.key[i]] !== undefined);
        const at = shown.indexOf(state.selected);
        const next = shown[at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1)];
        if (next !== undefined) {
            reveal(next);
        }
    }

    function nearest(event) {
        const box = $("lane-canvas").getBoundingClientRect();
        const row = Math.floor((event.clientY - box.top + $("lanes").scrollTop) / LANE);
        const plot = box.width - LEFT - RIGHT;
        let found = -1, distance = 7;
        for (let i = 0; i < count; i++) {
            if (laneOf[data.key[i]] === row && visible(i)) {
                const far = Math.abs(x(data.at[i], plot) - (event.clientX - box.left));
                if (far < distance) {
                    found = i;
                    distance = far;
                }
            }
        }
        return found;
    }

    // --- moving ---

    function look(start, end) {
        const width = Math.min(Math.max(end - start, 10), last);
        state.start = Math.min(Math.max(start, 0), last - width);
        state.end = state.start + width;
        draw();
    }
    function zoom(factor) {
        const middle = state.selected >= 0 && data.at[state.selected] >= state.start && data.at[state.selected] <= state.end
            ? data.at[state.selected] : (state.start + state.end) / 2;
        look(middle - (middle - state.start) * factor, middle + (state.end - middle) * factor);
    }

    for (const id of ["time", "stores"]) {
        const canvas = $(id);
        const place = (event) => Math.min(Math.max(event.clientX - canvas.getBoundingClientRect().left, LEFT), canvas.clientWidth - RIGHT);
        canvas.addEventListener("pointerdown", (event) => {
            canvas.setPointerCapture(event.pointerId);
            state.drag = { from: place(event), to: place(event), moved: false };
        });
        canvas.addEventListener("pointermove", (event) => {
            if (state.drag) {
                state.drag.to = place(event);
                state.drag.moved = Math.abs(state.drag.to - state.drag.from) > 4;
                draw();
            }
        });
        canvas.addEventListener("pointerup", () => {
            const drag = state.drag;
            const plot = canvas.clientWidth - LEFT - RIGHT;
            state.drag = null;
            if (drag && drag.moved) {
                const [a, b] = [ms(drag.from, plot), ms(drag.to, plot)].sort((p, q) => p - q);
                look(a, b);
            }
        });
        canvas.addEventListener("dblclick", () => look(0, last));
    }
    $("lanes").addEventListener("scroll", draw);
    $("lane-canvas").addEventListener("click", (event) => {
        const found = nearest(event);
        if (found >= 0) {
            show(found);
        }
    });
    $("lane-canvas").addEventListener("pointermove", (event) => {
        const found = nearest(event);
        const tip = $("tip");
        tip.hidden = found < 0;
        if (found >= 0) {
            tip.textContent = `${data.keys[data.key[found]] || "(none)"}\n${time(data.at[found], true)}\n${data.outcomes[data.outcome[found]]} · line ${data.line[found]}`;
            tip.style.left = Math.min(event.clientX + 14, window.innerWidth - 230) + "px";
            tip.style.top = event.clientY + 14 + "px";
        }
    });
    $("lane-canvas").addEventListener("pointerleave", () => { $("tip").hidden = true; });
    $("lanes").addEventListener("keydown", (event) => {
        if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
            event.preventDefault();
            step(event.key === "ArrowLeft" ? -1 : 1);
        }
    });
    $("in").addEventListener("click", () => zoom(0.5));
    $("out").addEventListener("click", () => zoom(2));
    $("all").addEventListener("click", () => look(0, last));
    $("find").addEventListener("input", layLanes);
    $("wrong").addEventListener("change", layLanes);
    $("jump").addEventListener("change", () => {
        const i = data.line.indexOf(Number($("jump").value));
        if (i >= 0) {
            reveal(i);
        }
    });
    new ResizeObserver(layLanes).observe($("charts"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

    // --- words ---

    function legend() {
        for (const outcome of order) {
            const button = element($("legend"), "button");
            button.type = "button";
            button.setAttribute("aria-pressed", "true");
            element(button, "i").style.background = colors[outcome];
            element(button, "span", data.outcomes[outcome]);
            element(button, "b", number(totals[outcome]));
            button.addEventListener("click", () => {
                state.hidden[state.hidden.has(outcome) ? "delete" : "add"](outcome);
                button.setAttribute("aria-pressed", String(!state.hidden.has(outcome)));
                layLanes();
            });
        }
    }

    function notes() {
        const summary = data.summary;
        $("title").textContent = `Replay of ${summary.scenario}`;
        $("span").textContent = count === 0 ? "no events" :
            `${number(summary.events)} events, ${time(0)} to ${time(last)} UTC` +
            (summary.checked ? ` · ${number(summary.checked)} say what must come out, ${summary.violated ? number(summary.violated) + " expectations not met" : "all as expected"}` : "") +
            (summary.unread ? ` · ${number(summary.unread)} could not be read` : "");
        for (const line of summary.violations) {
            element($("notes"), "p", line, "bad");
        }
        if (summary.events > count) {
            element($("notes"), "p", `The picture shows the first ${number(count)} events; the counts of the stores are of all.`);
        }
        const table = element($("notes"), "table");
        const head = element(table, "tr");
        for (const name of ["store", "records before", "after", "bytes before", "after"]) {
            element(head, "th", name);
        }
        for (const [name, { before, after }] of Object.entries(summary.stores)) {
            const row = element(table, "tr");
            element(row, "td", name);
            for (const size of [before && before.records, after && after.records, before && before.bytes, after && after.bytes]) {
                element(row, "td", size === null || size === undefined ? "–" : number(size), "number");
            }
        }
    }

    legend();
    notes();
    layLanes();
    show(-1);
    document.documentElement.dataset.ready = "1";
})();
