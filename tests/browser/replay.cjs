// Looks at limit.html and evil.html in the current folder as a user would; ends with 1 and what is wrong.
const assert = require("node:assert");
const { chromium } = require("playwright-core");

async function open(browser, file) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.problems = [];
    page.on("console", (message) => { if (message.type() === "error") { page.problems.push(message.text()); } });
    page.on("pageerror", (error) => page.problems.push(error.message));
    page.on("dialog", (dialog) => { page.problems.push("a dialog"); dialog.dismiss(); });
    page.on("request", (request) => { if (!request.url().endsWith(`/${file}`)) { page.problems.push(`asked for ${request.url()}`); } });
    await page.goto(`file://${process.cwd()}/${file}`);
    await page.waitForFunction(() => document.documentElement.dataset.ready === "1");
    await drawn(page);
    return page;
}

const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
// How many pixels of a canvas have a colour of the legend, by outcome.
const colours = (page, canvas) => page.evaluate((id) => {
    const drawing = document.getElementById(id);
    const pixels = drawing.getContext("2d").getImageData(0, 0, drawing.width, drawing.height).data;
    return Object.fromEntries([...document.querySelectorAll("#legend button")].map((button) => {
        const wanted = getComputedStyle(button.querySelector("i")).backgroundColor.match(/\d+/g).map(Number);
        let count = 0;
        for (let i = 0; i < pixels.length; i += 4) {
            count += wanted.every((part, j) => pixels[i + j] === part) ? 1 : 0;
        }
        return [button.querySelector("span").textContent, count];
    }));
}, canvas);

async function lookAtLimit(browser) {
    const page = await open(browser, "limit.html");
    const text = await page.innerText("body");
    for (const part of ["10,000 events", "all as expected", "Within Limit", "5,763", "Rate Limited 429", "4,237", "data.userId: 25 of 25"]) {
        assert(text.includes(part), `the page does not say ${part}`);
    }
    for (const canvas of ["time", "lane-canvas"]) {
        const seen = await colours(page, canvas);
        assert(seen["Within Limit"] > 500 && seen["Rate Limited 429"] > 500, `${canvas}: ${JSON.stringify(seen)}`);
    }
    await page.click("#legend button:has-text('Rate Limited')");
    await drawn(page);
    assert.equal((await colours(page, "time"))["Rate Limited 429"], 0, "a hidden outcome is drawn");
    await page.click("#legend button:has-text('Rate Limited')");

    await page.fill("#jump", "371"); // refused for the first time
    await page.press("#jump", "Enter");
    const detail = await page.innerText("#detail");
    for (const part of ["Line 371: Rate Limited 429", "datastore.searchRecords · a list of 100", "flow.throw", "Rate limit exceeded", "\"status\": 429", "\"userId\": \"u-1\""]) {
        assert(detail.includes(part), `the trace lacks ${part}: ${detail}`);
    }
    await page.locator("#lanes").focus();
    await page.keyboard.press("ArrowRight");
    assert((await page.innerText("#detail")).includes("Line 372:"), "the arrow key leads elsewhere");

    // A click in the busiest lane gives an event of its key; a drag looks closer.
    const lane = await page.locator("#lane-canvas").boundingBox();
    for (let at = 100; at < 400; at += 2) {
        await page.mouse.click(lane.x + at, lane.y + 8);
        if ((await page.innerText("#detail")).includes("· u-1\n")) {
            break;
        }
        assert(at < 398, "no click hits an event");
    }
    const before = await colours(page, "lane-canvas");
    const chart = await page.locator("#time").boundingBox();
    await page.mouse.move(chart.x + 200, chart.y + 50);
    await page.mouse.down();
    await page.mouse.move(chart.x + 230, chart.y + 60, { steps: 3 });
    await page.mouse.up();
    await drawn(page);
    assert.notDeepEqual(await colours(page, "lane-canvas"), before, "dragging changed nothing");
    await page.fill("#find", "u-2");
    assert((await page.innerText("#lanes-title")).includes("7 of 25"), await page.innerText("#lanes-title"));
    assert.deepEqual(page.problems, []);
}

async function lookAtEvil(browser) {
    const page = await open(browser, "evil.html");
    assert.equal(await page.evaluate(() => document.querySelectorAll("script").length), 3, "there are further scripts");
    assert.equal(await page.evaluate(() => document.images.length), 0, "there is an image");
    await page.locator("#lanes").focus();
    await page.keyboard.press("ArrowRight");
    const detail = await page.innerText("#detail");
    for (const part of ["window.hacked=2</script>", "window.hacked=5</script>", "window.hacked=9</script>", "window.hacked=10</script>", "<img src=x"]) {
        assert(detail.includes(part), `the trace lacks ${part}: ${detail}`);
    }
    assert((await page.title()).includes("</script><script>window.hacked=1"), await page.title());
    assert((await page.innerText("#legend")).includes("window.hacked=3</script>"));
    assert((await page.innerText("#notes")).includes("Evil <b>store</b>"));
    assert((await page.innerText("#span")).includes("3 expectations not met"));
    assert.equal(await page.evaluate(() => window.hacked), undefined, "data was run");
    // Even if it had come into the page, the policy lets nothing run but the page's own script.
    await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.hacked = 11";
        document.body.append(script);
    });
    assert.equal(await page.evaluate(() => window.hacked), undefined, "the policy lets other scripts run");
    assert(page.problems.length === 1 && page.problems[0].includes("Content Security Policy"), page.problems.join("\n"));
}

(async () => {
    const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ["--no-sandbox"] });
    try {
        await lookAtLimit(browser);
        await lookAtEvil(browser);
    } finally {
        await browser.close();
    }
})().catch((error) => {
    console.log(error.stack);
    process.exit(1);
});
