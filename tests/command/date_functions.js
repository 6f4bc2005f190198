// Arguments: seed, how many cases.
'use strict';
const moment = require('moment-timezone');
const { Random, Cases, date } = require('../support/differential.js');
const random = new Random(process.argv[2]);
const count = Number(process.argv[3]);
const cases = new Cases();

// None that has left out a whole day, where moment has no answer.
const zones = ['UTC', 'Europe/Prague', 'Europe/London', 'Europe/Dublin', 'America/New_York',
    'America/Los_Angeles', 'America/St_Johns', 'America/Sao_Paulo', 'America/Phoenix', 'Asia/Kolkata',
    'Asia/Kathmandu', 'Asia/Tokyo', 'Asia/Tehran', 'Australia/Sydney', 'Australia/Lord_Howe',
    'Pacific/Auckland', 'Pacific/Chatham', 'Africa/Johannesburg', 'America/Havana'];
// Where clocks change is where errors live: half of the instants lie within two hours of a change.
const changes = zones.map((zone) => moment.tz.zone(zone).untils
    .filter((ms) => ms > Date.UTC(1975, 0) && ms < Date.UTC(2037, 0)));

function anyZone() { return random.below(zones.length); }
function anyInstant(zone) {
    const near = changes[zone];
    if (near.length !== 0 && random.below(2) === 0) {
        return random.pick(near) + random.between(-7200000, 7200000);
    }
    return Date.UTC(1975, 0) + random.below(Date.UTC(2037, 0) - Date.UTC(1975, 0));
}

const printed = ['YYYY', 'YY', 'Y', 'Q', 'Qo', 'M', 'Mo', 'MM', 'MMM', 'MMMM', 'D', 'Do', 'DD', 'DDD',
    'DDDo', 'DDDD', 'd', 'do', 'dd', 'ddd', 'dddd', 'E', 'e', 'w', 'wo', 'ww', 'W', 'Wo', 'WW', 'gg',
    'gggg', 'GG', 'GGGG', 'H', 'HH', 'h', 'hh', 'k', 'kk', 'A', 'a', 'm', 'mm', 's', 'ss', 'S', 'SS',
    'SSS', 'SSSS', 'Z', 'ZZ', 'X', 'x', '[at]', '[Q]', ' L ', ' LL ', ' LT ',
    ' LLLL ', ' l ', 'T', '-', '/', ' ']; // moment joins what L stands for with the letters beside it
const read = ['YYYY-MM-DD HH:mm:ss', 'YYYY-MM-DDTHH:mm:ss.SSSZ', 'DD.MM.YYYY HH:mm', 'MM/DD/YYYY',
    'D MMM YYYY', 'Do MMMM YYYY, h:mm a', 'YYYYMMDDHHmmss', 'X', 'x', 'ddd, D MMM YYYY HH:mm:ss ZZ',
    'YYYY-DDDD', 'GGGG-[W]WW-E', 'YY/M/D H:m:s', 'HH:mm', 'hh:mm A', 'YYYY Q', 'MMMM YYYY', 'kk:mm',
    'YYYY-MM-DD[T]HH', 'gggg-ww-e'];

const kinds = {
    format(zone, ms) {
        let format = '';
        for (let i = random.between(1, 6); i > 0; i--) {
            format += random.pick(printed) + random.pick(['', ' ', '-', ':', '.']);
        }
        const named = random.below(2) === 0;
        cases.add(named ? '{{formatDate(1.d; 1.f; 1.z)}}' : '{{formatDate(1.d; 1.f)}}',
            { d: date(ms), f: format, z: zones[zone] }, moment.tz(ms, zones[zone]).format(format),
            named ? { tz: random.pick(zones) } : { tz: zones[zone] });
    },
    parse(zone, ms) {
        const format = random.pick(read);
        const text = moment.tz(ms, zones[zone]).format(format);
        const now = anyInstant(zone);
        moment.now = () => now;
        const parsed = moment.tz(text, format, zones[zone]);
        cases.add('{{parseDate(1.t; 1.f)}}', { t: text, f: format },
            parsed.isValid() ? date(parsed.valueOf()) : Cases.ERROR,
            { tz: zones[zone], now: new Date(now).toISOString() });
    },
    add(zone, ms) {
        const [name, unit] = random.pick([['Seconds', 's'], ['Minutes', 'm'], ['Hours', 'h'],
            ['Days', 'd'], ['Months', 'M'], ['Years', 'y']]);
        let amount = random.between(-40, 40);
        amount = random.below(4) === 0 ? amount / random.pick([2, 4, 10]) : amount;
        cases.add(`{{add${name}(1.d; 1.n)}}`, { d: date(ms), n: amount },
            date(moment.tz(ms, zones[zone]).add(amount, unit).valueOf()), { tz: zones[zone] });
    },
    set(zone, ms) {
        const [name, unit, low, high, less] = random.pick([['Second', 'second', -70, 130, 0],
            ['Minute', 'minute', -70, 130, 0], ['Hour', 'hour', -30, 50, 0], ['Date', 'date', -40, 70, 0],
            ['Day', 'day', -10, 20, 1], ['Month', 'month', -15, 30, 1], ['Year', 'year', 1980, 2030, 0]]);
        const number = random.between(low, high);
        cases.add(`{{set${name}(1.d; 1.n)}}`, { d: date(ms), n: number },
            date(moment.tz(ms, zones[zone])[unit](number - less).valueOf()), { tz: zones[zone] });
    },
    name(zone, ms) {
        const month = random.below(2) === 0;
        const names = month ? moment.months().concat(moment.monthsShort())
            : moment.weekdays().concat(moment.weekdaysShort(), moment.weekdaysMin());
        const name = random.pick([(s) => s, (s) => s.toLowerCase(), (s) => s.toUpperCase()])(random.pick(names));
        cases.add(month ? '{{setMonth(1.d; 1.n)}}' : '{{setDay(1.d; 1.n)}}', { d: date(ms), n: name },
            date(moment.tz(ms, zones[zone])[month ? 'month' : 'day'](name).valueOf()), { tz: zones[zone] });
    },
    difference(zone, ms) {
        const unit = random.pick(['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months',
            'quarters', 'years']);
        const other = random.below(2) === 0 ? anyInstant(zone)
            : moment.tz(ms, zones[zone]).add(random.between(-30, 30), 'months').valueOf() + random.between(-2, 2);
        cases.add('{{dateDifference(1.a; 1.b; 1.u)}}', { a: date(ms), b: date(other), u: unit },
            moment.tz(ms, zones[zone]).diff(moment.tz(other, zones[zone]), unit) + 0,
            { tz: zones[zone], dialect: 'fusion' });
    },
    parts(zone, ms) {
        const at = moment.tz(ms, zones[zone]);
        const end = at.clone().endOf('month').valueOf();
        const start = at.clone().startOf('month').valueOf();
        // Of two equal last or first hours moment may take the wrong one, which the month goes beyond.
        const month = (ms) => moment.tz(ms, zones[zone]).month();
        const ends = month(end) !== month(end + 1) && month(start) !== month(start - 1)
            ? [['endOfMonth', date(end)], ['startOfMonth', date(start)]] : [];
        const [name, value] = random.pick([...ends, ['hour', at.hour()], ['minute', at.minute()],
            ['second', at.second()], ['year', at.year()], ['month', at.month() + 1],
            ['dayOfMonth', at.date()], ['dayOfWeek', at.day() + 1], ['daysInMonth', at.daysInMonth()],
            ['daysInYear', at.isLeapYear() ? 366 : 365], ['isWeekend', at.day() % 6 === 0]]);
        cases.add(`{{${name}(1.d)}}`, { d: date(ms) }, value, { tz: zones[zone], dialect: 'fusion' });
    },
    weekdays(zone, ms) {
        const number = random.between(-30, 30);
        const day = moment.utc(moment.tz(ms, zones[zone]).format('YYYY-MM-DD'));
        let days = 0;
        for (let left = Math.abs(number); left > 0; left -= day.day() % 6 === 0 ? 0 : 1) {
            day.add(Math.sign(number), 'd');
            days += Math.sign(number);
        }
        cases.add('{{addWeekDays(1.d; 1.n)}}', { d: date(ms), n: number },
            date(moment.tz(ms, zones[zone]).add(days, 'd').valueOf()), { tz: zones[zone], dialect: 'fusion' });
    },
};

const names = Object.keys(kinds);
for (let i = 0; i < count; i++) {
    const zone = anyZone();
    kinds[names[i % names.length]](zone, anyInstant(zone));
}
cases.run();
