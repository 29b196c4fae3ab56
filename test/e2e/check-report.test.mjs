// `steno check --report`: what a stricter mode, rule or version would refuse, in files and in a store.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { event, folder, run } from './cli.mjs';
import { startRecorder } from './harness.mjs';

const end = (timestamp, more = {}) => ({ event_type: 'session_end', session_id: 's', timestamp, ...more });
const lines = (...events) => events.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n') + '\n';

test('a report over a file: per type, and the kinds of violations, most frequent first', async (t) => {
    const file = join(folder(t), 'a.ndjson');
    writeFileSync(file, lines(
        event(), end('2026-02-06T12:34:57Z'), end('now'), end('then'), end('2026-02-06T12:34:57Z', { session_id: 1 }), '{', {}));
    const { code, out } = await run(['check', '--report', '-o', 'json', file]);
    assert.equal(code, 1);
    const report = JSON.parse(out);
    assert.deepEqual([report.checked, report.valid, report.invalid], [7, 2, 5]);
    assert.deepEqual(report.types, [
        { contract: 'agent-event@v0', type: 'run.started', valid: 1, invalid: 0 },
        { contract: 'session-events@1.0', type: 'session_end', valid: 1, invalid: 3 },
        { contract: null, type: null, valid: 0, invalid: 2 },
    ]);
    const [first, ...others] = report.violations;
    assert.deepEqual({ ...first, message: '' }, {
        contract: 'session-events@1.0', type: 'session_end', pointer: '/timestamp', keyword: 'pattern', message: '',
        count: 2, events: 2, examples: [`${file}:3`, `${file}:4`],
    });
    assert.deepEqual(others.map(({ pointer, keyword, count }) => [pointer, keyword, count]),
        [['/session_id', 'type', 1], ['', 'json', 1], ['', 'contract', 1]]);
    const text = await run(['check', '--report', file]);
    assert.equal(text.code, 1);
    assert.match(text.out, /^7 checked, 2 valid, 5 invalid\n/);
    assert.ok(text.out.includes(`         2  session-events@1.0 session_end /timestamp: must match`));
    assert.ok(text.out.includes(`            ${file}:3, ${file}:4\n`));
});

test('a report says the same whatever the number of workers', async (t) => {
    const file = join(folder(t), 'a.ndjson');
    const events = [];
    for (let i = 0; i < 20000; i++) events.push(end(i % 7 ? '2026-02-06T12:34:57Z' : `bad ${i}`, i % 11 ? {} : { metadata: i }));
    writeFileSync(file, lines(...events));
    const one = await run(['check', '--report', '-j', '1', file]);
    const eight = await run(['check', '--report', '-j', '8', file]);
    assert.equal(one.out, eight.out);
    const invalid = events.filter((_, i) => i % 7 === 0 || i % 11 === 0).length;
    assert.ok(one.out.startsWith(`20000 checked, ${20000 - invalid} valid, ${invalid} invalid\n`));
    assert.ok(one.out.includes('      2858  session-events@1.0 session_end /timestamp: '));
    assert.ok(one.out.includes(`            ${file}:1, ${file}:8, ${file}:15 and 2855 more\n`));
    assert.ok(one.out.includes('      1819  session-events@1.0 session_end /metadata: '));
});

test('a report over good events ends well, and over a schema too', async (t) => {
    const file = join(folder(t), 'a.ndjson');
    const schema = join(file, '../s.json');
    writeFileSync(schema, '{"required":["a"]}');
    writeFileSync(file, lines(event(), event()));
    const good = await run(['check', '--report', file]);
    assert.equal(good.code, 0);
    assert.ok(!good.out.includes('WOULD BE REFUSED'));
    const bad = await run(['check', '--report', '-o', 'json', '--schema', schema, file]);
    assert.equal(bad.code, 1);
    assert.deepEqual(JSON.parse(bad.out).violations.map(({ contract, pointer, keyword, count }) => [contract, pointer, keyword, count]),
        [[null, '/a', 'required', 2]]);
});

test('a report over a store: observed and quarantined events, and what strict times would refuse', async (t) => {
    const recorder = await startRecorder(t, ['--mode', 'session-events=observe', '--mode', 'agent-event=quarantine']);
    const answer = await recorder.postLines([
        JSON.stringify(end('2026-02-06T12:34:67Z')), JSON.stringify(end('now')), JSON.stringify(event()),
        JSON.stringify(event((made) => { delete made.run; })),
    ]);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.quarantined, 1);
    const report = async (...more) => {
        const { code, out, err } = await run(['check', '--report', '-o', 'json', '--store', recorder.store, ...more]);
        assert.notEqual(code, 3, err);
        return { code, ...JSON.parse(out) };
    };
    const all = await report();
    assert.equal(all.code, 1);
    assert.deepEqual([all.checked, all.valid], [4, 2]);
    assert.deepEqual(all.violations.map(({ contract, pointer, examples }) => [contract, pointer, examples]), [
        ['session-events@1.0', '/timestamp', ['seq 2']],
        ['agent-event@v0', '/run', ['quarantine 1']],
    ]);
    const strict = await report('--contract', 'session-events@1.0', '--strict-time');
    assert.deepEqual([strict.checked, strict.valid], [2, 0]);
    assert.deepEqual(strict.violations.find(({ keyword }) => keyword === 'format').examples, ['seq 1', 'seq 2']);
    const other = await report('--contract', 'resource-events');
    assert.deepEqual([other.code, other.checked], [0, 0]);
});

test('what says nothing is refused, and a store that is not there is told', async (t) => {
    const store = join(folder(t), 'none.db');
    for (const [args, told] of [
        [['--report', '-o', 'flag'], /a report is text or json, not flag/],
        [['-o', 'json'], /add --report/],
        [['--store', store], /add --report/],
        [['--report', '--store', store, 'x'], /leave out the files/],
    ]) {
        const { code, err } = await run(['check', ...args]);
        assert.equal(code, 2);
        assert.match(err, told);
    }
    const absent = await run(['check', '--report', '--store', store]);
    assert.equal(absent.code, 3);
    assert.equal(absent.out, '');
    assert.match(absent.err, /no store at this path/);
});
