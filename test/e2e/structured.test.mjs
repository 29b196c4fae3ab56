// -o structured and format=structured: runtime events in the form that their readers know, whichever of
// the two forms they came in; all other events as query lines.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { event, folder, lines, ndjson, run, serve, until, watch } from './cli.mjs';

const members = ['schema', 'id', 'sessionId', 'type', 'category', 'timestamp', 'isoTime', 'turn', 'payload'];

const row = (id, type, more = {}) => ({ id, sessionId: 'heartbeat:rule-1', type, timestamp: 1772276400456, ...more });

// What came in, and what is to be shown of it; null: the query line.
const rows = [
    [row('e1', 'session_resumed'), { category: 'session', isoTime: '2026-02-28T11:00:00.456Z' }],
    [row('e2', 'turn_end', { turn: 3, payload: { toolResults: 0 } }), { category: 'turn', isoTime: '2026-02-28T11:00:00.456Z' }],
    [row('e3', 'mystool', { timestamp: 1772276400000, payload: { b: [1.50, { ü: null }], a: '\u001b' }, more: true }),
        { category: 'tool', isoTime: '2026-02-28T11:00:00.000Z' }],
    [row('e4', 'state_snapshot', { timestamp: 1772276400456.789 }), { category: 'state', isoTime: '2026-02-28T11:00:00.456Z' }],
    [row('e5', 'never_named', { timestamp: 0 }), { category: 'other', isoTime: '1970-01-01T00:00:00.000Z' }],
    [{ ...row('e6', 'cost_whatever'), schema: 'brewva.event.v1', category: 'other', isoTime: '2026-02-28T19:00:00+08:00' },
        { category: 'cost', isoTime: '2026-02-28T11:00:00.456Z' }],
    [row('e7', 'too_late', { timestamp: 8640000000000001 }), null],
    [event(), null],
];

const expected = ([given, shown]) => Object.fromEntries(Object.entries({ schema: 'brewva.event.v1', ...given, ...shown })
    .filter(([name]) => members.includes(name)).sort(([a], [b]) => members.indexOf(a) - members.indexOf(b)));

function checkLines(out) {
    const shown = lines(out);
    assert.equal(shown.length, rows.length);
    for (const [i, one] of rows.entries()) {
        const got = JSON.parse(shown[i]);
        if (one[1] === null)
            assert.deepEqual([got.seq, got.event], [i + 1, one[0]]);
        else
            assert.equal(JSON.stringify(got), JSON.stringify(expected(one)));
    }
    return shown.filter((_, i) => rows[i][1] !== null);
}

async function filled(t) {
    const store = join(folder(t), 's.db');
    const { code, err } = await run(['record', '--store', store], { input: ndjson(...rows.map(([given]) => given)) });
    assert.equal(code, 0, err);
    return store;
}

test('V1: rows and readers\' form alike are shown in the readers\' form, which is valid again', async (t) => {
    const store = await filled(t);
    for (const command of [['query'], ['tail']]) {
        const { code, out, err } = await run([...command, '--store', store, '-o', 'structured', '--level', 'debug']);
        assert.equal(code, 0, err);
        const forms = checkLines(out).map((line) => `${line}\n`).join('');
        const judged = await run(['check', '--contract', 'runtime-events@1'], { input: forms });
        assert.deepEqual([judged.code, judged.out], [0, ''], judged.err);
    }
    // Recorded again as it is shown, it is shown the same; the numbers keep their digits.
    const again = join(folder(t), 'again.db');
    const first = await run(['query', '--store', store, '-o', 'structured', '--contract', 'runtime-events', '--level', 'debug',
        '--before', '7']);
    assert.match(first.out, /"timestamp":1772276400456\.789,/);
    assert.equal((await run(['record', '--store', again], { input: first.out })).code, 0);
    const second = await run(['query', '--store', again, '-o', 'structured', '--level', 'debug']);
    assert.equal(second.out, first.out);
});

test('over HTTP: the same lines, as an answer, as a stream, and shown by a command', async (t) => {
    const recorder = await serve(t, { store: await filled(t) });
    const answer = await fetch(`${recorder.url}/v1/events?level=debug&format=structured`);
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const text = await answer.text();
    checkLines(text);
    const command = await run(['query', '--url', recorder.url, '-o', 'structured', '--level', 'debug']);
    assert.equal(command.out, text);
    const stream = await fetch(`${recorder.url}/v1/stream?level=debug&format=structured&limit=${rows.length}`);
    const sent = await stream.text();
    assert.equal(lines(sent).filter((line) => line.startsWith('data: ')).map((line) => `${line.slice(6)}\n`).join(''), text);
    for (const path of ['/v1/events?format=raw', '/v1/stream?format=json', '/v1/events?format=structured&format=json']) {
        const refused = await fetch(recorder.url + path);
        assert.deepEqual([refused.status, (await refused.json()).error], [400, 'invalid_query'], path);
    }
});

test('an invalid event that is observed stays a query line, which says that it is invalid', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store, args: ['--mode', 'runtime-events@1=observe'] });
    const answer = await fetch(`${recorder.url}/v1/events?contract=runtime-events@1`,
        { method: 'POST', body: JSON.stringify(row('', 'session_start')) });
    assert.equal(answer.status, 202);
    const { out } = await run(['query', '--store', store, '-o', 'structured', '--level', 'debug']);
    assert.equal(JSON.parse(out).valid, false);
});

test('a tail that follows shows what comes in the readers\' form', async (t) => {
    const store = await filled(t);
    const seen = watch(t, ['tail', '-f', '-n', '0', '--store', store, '-o', 'structured', '--level', 'debug']);
    seen.child.stdin.end();
    const given = row('late', 'my_tool', { turn: 1 });
    // It begins behind the newest event of its start, which is over when an event is shown.
    for (let i = 0; ; i++) {
        const { code, err } = await run(['record', '--store', store], { input: ndjson({ ...given, id: `late-${i}` }) });
        assert.equal(code, 0, err);
        if (await until(() => seen.out.includes('\n') || null, 1000).catch(() => false))
            break;
        assert.ok(i < 60);
    }
    const shown = JSON.parse(lines(seen.out)[0]);
    assert.deepEqual([shown.schema, shown.category, shown.turn], ['brewva.event.v1', 'tool', 1]);
});
