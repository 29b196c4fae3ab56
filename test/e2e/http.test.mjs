// Every route against good and bad input, as a client sees it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { load, pause, startRecorder } from './harness.mjs';

const [first, second, third] = load(3, 11);
const idOf = (text) => JSON.parse(text).event_id;
const changed = (text, change) => {
    const event = JSON.parse(text);
    change(event);
    return JSON.stringify(event);
};

test('W1: one object is answered with its seq, and comes back as it came', async (t) => {
    const recorder = await startRecorder(t);
    const spaced = ` ${first.replace(/,"trace"/, ' ,\n\t"trace"')}\n`;
    const answer = await recorder.post(spaced);
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.json, { status: 'accepted', persisted: true, seq: 1 });
    assert.equal((await recorder.get('/v1/events/1/raw')).text, spaced.trim());
    const line = (await recorder.get('/v1/events/1')).json;
    assert.equal(line.seq, 1);
    assert.equal(line.contract, 'agent-event@v0');
    assert.equal(line.id, idOf(first));
    assert.deepEqual(line.event, JSON.parse(first));
    const query = (await recorder.get('/v1/events')).text;
    assert.equal(query.trimEnd().split('\n').length, 1, 'a query line is one line');
});

test('I1: I2: the same bytes are a duplicate, other bytes under the id a conflict', async (t) => {
    const recorder = await startRecorder(t);
    await recorder.post(first);
    await recorder.post(second);
    assert.deepEqual((await recorder.post(second)).json, { status: 'accepted', persisted: false, seq: 2 });
    const conflict = await recorder.post(changed(second, (event) => { event.run.workflow_id = 'other'; }));
    assert.equal(conflict.status, 409);
    assert.equal(conflict.json.error, 'event_id_conflict');
    const batch = await recorder.postLines([first, third, changed(second, (e) => { e.trace.span_id = 'x'; }), third]);
    assert.equal(batch.status, 200);
    assert.equal(batch.json.accepted, 1);
    assert.equal(batch.json.duplicates, 2);
    assert.equal(batch.json.conflicts, 1);
    assert.equal(batch.json.first_seq, 3);
    assert.equal(batch.json.errors[0].index, 2);
    assert.equal((await recorder.all()).length, 3);
});

test('V2: broken JSON is answered with byte, line, column and what was expected', async (t) => {
    const recorder = await startRecorder(t);
    for (const [body, offset] of [['{"a" 1}', 5], ['{', 1], ['', 0], ['{"a":01}', 6], [`${first}x`, first.length], ['"\\ud800"', 2]]) {
        const answer = await recorder.post(body);
        assert.equal(answer.status, 400, body);
        assert.equal(answer.json.error, 'invalid_json', body);
        assert.equal(typeof answer.json.message, 'string');
        if (body.startsWith('{') && body.length < 20) assert.equal(answer.json.offset, offset, answer.text);
    }
    const scalar = await recorder.post('42');
    assert.deepEqual([scalar.status, scalar.json.error], [400, 'invalid_payload_type']);
    const repeated = await recorder.post(first.replace('{', '{"event_version":"v0",'));
    assert.equal(repeated.status, 400, 'the door refuses repeated names');
    assert.equal((await recorder.all()).length, 0);
});

test('V1: V2: an event that breaks its contract is refused with path, pointer, keyword and message', async (t) => {
    const recorder = await startRecorder(t);
    const answer = await recorder.post(changed(first, (event) => {
        delete event.tenant.workspace_id;
        event.surplus = 1;
        event.occurred_at = 'yesterday';
    }));
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, 'validation_failed');
    const found = answer.json.errors.map((e) => [e.path, e.pointer, e.keyword, e.message]).sort();
    assert.deepEqual(found, [
        ['$.occurred_at', '/occurred_at', 'format', 'must be RFC3339 date-time'],
        ['$.surplus', '/surplus', 'additionalProperties', 'additional property is not allowed'],
        ['$.tenant.workspace_id', '/tenant/workspace_id', 'required', 'is required'],
    ]);
});

test('V3: no contract, an unknown contract', async (t) => {
    const recorder = await startRecorder(t);
    const none = await recorder.post('{"hello":"world"}');
    assert.deepEqual([none.status, none.json.error], [422, 'contract_ambiguous']);
    assert.ok(Array.isArray(none.json.candidates));
    const unknown = await recorder.post(first, { path: '/v1/events?contract=nobody@v9' });
    assert.deepEqual([unknown.status, unknown.json.error], [422, 'contract_unknown']);
    const version = await recorder.post(first, { path: '/v1/events?contract=agent-event@v9' });
    assert.equal(version.status, 422);
    assert.match(version.json.message, /^agent-event has no version v9; it has v0;/);
    const reserved = await recorder.post('{"contract":"steno@1","type":"alert.emitted"}');
    assert.deepEqual([reserved.status, reserved.json.error], [403, 'contract_reserved']);
    const claimed = await recorder.post(first, { path: '/v1/events?contract=runtime-events' });
    assert.deepEqual([claimed.status, claimed.json.error], [422, 'contract_ambiguous']);
    assert.deepEqual(claimed.json.candidates, ['runtime-events@1', 'agent-event@v0']);
    const named = await recorder.post('{"hello":"world"}', { path: '/v1/events?contract=agent-event@v0' });
    assert.equal(named.status, 400);
    assert.equal((await recorder.post(first, { path: '/v1/events?contract=agent-event' })).status, 202);
    assert.equal((await recorder.post(second, { path: '/v1/events?colour=red' })).status, 400);
});

test('B1: one event over 1 MiB is 413, in a batch its line alone', async (t) => {
    const recorder = await startRecorder(t);
    const large = changed(first, (event) => { event.attributes = { note: 'x'.repeat(1 << 20) }; });
    const alone = await recorder.post(large);
    assert.deepEqual([alone.status, alone.json.error], [413, 'event_too_large']);
    const among = await recorder.postLines([second, large, third]);
    assert.equal(among.status, 200);
    assert.deepEqual([among.json.accepted, among.json.rejected], [2, 1]);
    assert.deepEqual([among.json.errors[0].index, among.json.errors[0].line, among.json.errors[0].error], [1, 2, 'event_too_large']);
    const full = changed(first, (event) => { event.attributes = { note: '' }; });
    const fitting = changed(first, (event) => { event.attributes = { note: 'y'.repeat((1 << 20) - full.length) }; });
    assert.equal(fitting.length, 1 << 20);
    assert.equal((await recorder.post(fitting)).status, 202, 'exactly 1 MiB fits');
    const array = await recorder.post(`[${large}]`);
    assert.deepEqual([array.status, array.json.rejected], [200, 1]);
});

test('arrays: good items are kept, a broken array stores nothing', async (t) => {
    const recorder = await startRecorder(t);
    const mixed = await recorder.post(`[${first}, {"bad":1} ,${second}]`);
    assert.equal(mixed.status, 200);
    assert.deepEqual([mixed.json.accepted, mixed.json.rejected, mixed.json.first_seq, mixed.json.last_seq], [2, 1, 1, 2]);
    assert.equal(mixed.json.errors[0].index, 1);
    const broken = await recorder.post(`[${third}, {"bad"`);
    assert.deepEqual([broken.status, broken.json.error], [400, 'invalid_json']);
    const empty = await recorder.post('[]');
    assert.deepEqual([empty.status, empty.json.accepted, empty.json.first_seq], [200, 0, null]);
    assert.equal((await recorder.all()).length, 2);
});

test('atomic: all or nothing', async (t) => {
    const recorder = await startRecorder(t);
    const path = '/v1/events?atomic=true';
    const refused = await recorder.postLines([first, '{"bad":1}'], { path });
    assert.ok(refused.status >= 400 && refused.status < 500, refused.text);
    assert.equal((await recorder.all()).length, 0);
    const taken = await recorder.postLines([first, second], { path });
    assert.deepEqual([taken.status, taken.json.accepted], [200, 2]);
    const conflict = await recorder.postLines([third, changed(first, (e) => { e.run.agent_id = 'z'; })], { path });
    assert.equal(conflict.status, 409);
    assert.equal((await recorder.all()).length, 2);
});

test('D1: a client that stops half-way: whole lines that were committed stay, nothing else is there', async (t) => {
    const recorder = await startRecorder(t);
    const lines = load(3000, 31);
    const body = lines.join('\n');
    const socket = net.connect(recorder.port, '127.0.0.1');
    socket.write(`POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body.slice(0, body.length - 100));
    await pause(500);
    socket.destroy();
    await pause(200);
    const kept = await recorder.all();
    assert.ok(kept.length <= 2999);
    kept.forEach((line, at) => assert.deepEqual(line.event, JSON.parse(lines[at])));
    const half = net.connect(recorder.port, '127.0.0.1');
    half.write(`POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${first.length}\r\n\r\n${first.slice(0, 100)}`);
    await pause(100);
    half.destroy();
    await pause(100);
    assert.equal((await recorder.all()).length, kept.length, 'half an object is nothing');
    assert.equal((await recorder.post(first)).status, 202, 'the recorder goes on');
});

test('bodies: gzip, zstd, a bomb, a wrong encoding, a wrong type', async (t) => {
    const recorder = await startRecorder(t);
    const zip = (text) => gzipSync(text);
    assert.equal((await recorder.post(zip(first), { headers: { 'content-encoding': 'gzip' } })).status, 202);
    const zstd = spawn('zstd', ['-c'], { stdio: ['pipe', 'pipe', 'ignore'] });
    zstd.stdin.end(second);
    const pieces = [];
    for await (const piece of zstd.stdout) pieces.push(piece);
    assert.equal((await recorder.post(Buffer.concat(pieces), { headers: { 'content-encoding': 'zstd' } })).status, 202);
    const bomb = zip(Buffer.alloc(200 << 20, ' '));
    const answer = await recorder.post(bomb, { headers: { 'content-encoding': 'gzip' } });
    assert.ok([400, 413].includes(answer.status), `${answer.status}`);
    assert.equal((await recorder.post(zip(third).subarray(0, 40), { headers: { 'content-encoding': 'gzip' } })).status, 400);
    assert.equal((await recorder.post(third, { headers: { 'content-encoding': 'br' } })).status, 415);
    assert.equal((await recorder.post(third, { type: 'application/xml' })).status, 415);
    assert.equal((await recorder.all()).length, 2);
});

test('queries: filters, order, pages, positions', async (t) => {
    const recorder = await startRecorder(t);
    const events = load(2000, 41, 20);
    assert.equal((await recorder.postLines(events)).json.accepted, 2000);
    const parsed = events.map((text) => JSON.parse(text));
    const expect = async (query, keep) => {
        const seqs = (await recorder.all(query)).map((line) => line.seq);
        const wanted = parsed.map((event, at) => [event, at + 1]).filter(([event, seq]) => keep(event, seq)).map(([, seq]) => seq);
        assert.deepEqual(seqs, wanted, query);
        assert.ok(wanted.length > 0, `${query} selects something`);
    };
    const run = parsed[0].run.run_id;
    await expect('&type=run.failed,model.call.*', (e) => e.event_type === 'run.failed' || e.event_type.startsWith('model.call.'));
    await expect(`&stream=${run}`, (e) => e.run.run_id === run);
    await expect(`&tenant=${parsed[5].tenant.tenant_id}`, (e) => e.tenant.tenant_id === parsed[5].tenant.tenant_id);
    await expect('&contract=agent-event', () => true);
    await expect('&after=1990', (e, seq) => seq > 1990);
    await expect('&before=11', (e, seq) => seq < 11);
    await expect('&last=7', (e, seq) => seq > 1993);
    await expect('&severity=error', (e) => e.event_type.endsWith('.failed'));
    const middle = parsed[1000].occurred_at;
    await expect(`&since=${middle}`, (e) => e.occurred_at >= middle);
    await expect(`&until=${middle}`, (e) => e.occurred_at < middle);
    const falling = (await recorder.all('&order=desc&limit=3')).map((line) => line.seq);
    assert.deepEqual(falling, [2000, 1999, 1998]);
    let seen = [];
    let next = '';
    do {
        const page = (await recorder.get(`/v1/events?format=json&limit=300${next && `&after=${next}`}`)).json;
        seen = seen.concat(page.events.map((line) => line.seq));
        next = page.next;
    } while (next);
    assert.deepEqual(seen, Array.from({ length: 2000 }, (_, at) => at + 1));
    for (const bad of ['limit=-1', 'since=soon', 'level=loud', 'order=up', 'after=c123', 'nonsense=1', 'limit=10001&format=json']) {
        const answer = await recorder.get(`/v1/events?${bad}`);
        assert.equal(answer.status, 400, bad);
        assert.equal(answer.json.error, 'invalid_query', bad);
    }
    assert.equal((await recorder.get('/v1/events/0')).status, 404);
    assert.equal((await recorder.get('/v1/events/2001')).status, 404);
    assert.equal((await recorder.get('/v1/events/abc')).status, 404);
    const streams = (await recorder.get('/v1/streams')).text.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(streams.length, 20);
    assert.equal(streams.reduce((sum, stream) => sum + stream.events, 0), 2000);
});

test('O3: a live stream gives history, then what comes, and resumes without gap or repeat', async (t) => {
    const recorder = await startRecorder(t);
    const events = load(600, 51);
    await recorder.postLines(events.slice(0, 200));
    const collect = (path, headers, enough) => new Promise((resolve, reject) => {
        const socket = net.connect(recorder.port, '127.0.0.1');
        const ids = [];
        let text = '';
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
        socket.on('error', reject);
        socket.on('data', (piece) => {
            text += piece;
            ids.length = 0;
            for (const match of text.matchAll(/^id: ?(\d+)\r?$/gm)) ids.push(Number(match[1]));
            if (ids.length >= enough) { socket.destroy(); resolve(ids.slice(0, enough)); }
        });
    });
    const whole = collect('/v1/stream', '', 600);
    const part = collect('/v1/stream', '', 250);
    for (let at = 200; at < 400; at += 10) { await recorder.postLines(events.slice(at, at + 10)); await pause(2); }
    const before = await part;
    const rest = collect('/v1/stream', `Last-Event-ID: ${before.at(-1)}\r\n`, 350);
    for (const event of events.slice(400)) await recorder.post(event);
    assert.deepEqual(before.concat(await rest), Array.from({ length: 600 }, (_, at) => at + 1));
    assert.deepEqual(await whole, Array.from({ length: 600 }, (_, at) => at + 1));
    const last = await collect('/v1/stream?last=5', '', 5);
    assert.deepEqual(last, [596, 597, 598, 599, 600]);
});

test('V4: quarantine keeps an invalid event apart, observe records and marks it', async (t) => {
    const bad = changed(first, (event) => { event.surplus = true; });
    const apart = await startRecorder(t, ['--mode', 'agent-event@v0=quarantine']);
    const kept = await apart.post(bad);
    assert.deepEqual([kept.status, kept.json.status, kept.json.persisted], [202, 'quarantined', false]);
    assert.equal(kept.json.errors[0].pointer, '/surplus');
    assert.equal((await apart.all()).length, 0, 'it takes no seq');
    assert.equal((await apart.post(second)).json.seq, 1);
    const observing = await startRecorder(t, ['--mode', 'agent-event@v0=observe']);
    const marked = await observing.post(bad);
    assert.deepEqual([marked.status, marked.json.seq], [202, 1]);
    assert.match(marked.json.warning, /recorded and marked/);
    assert.equal(marked.json.errors[0].pointer, '/surplus');
    assert.equal((await observing.post(second)).json.seq, 2);
    assert.deepEqual((await observing.all()).map((line) => line.valid), [false, undefined]);
    assert.deepEqual((await observing.all('&valid=false')).map((line) => line.seq), [1]);
    assert.deepEqual((await observing.all('&valid=true')).map((line) => line.seq), [2]);
    assert.equal((await observing.get('/v1/events?valid=maybe')).status, 400);
    assert.match((await observing.get('/metrics')).text, /^steno_events_observed_total 1$/m);
});

test('P1: another host name or another site is refused', async (t) => {
    const recorder = await startRecorder(t);
    assert.equal((await recorder.get('/v1/events', { host: 'attacker.example' })).status, 403);
    assert.equal((await recorder.post(first, { headers: { origin: 'https://attacker.example' } })).status, 403);
    assert.equal((await recorder.get('/healthz', { host: `127.0.0.1:${recorder.port}` })).status, 200);
    assert.equal((await recorder.all()).length, 0);
});

test('routes: health, readiness, unknown paths and methods', async (t) => {
    const recorder = await startRecorder(t);
    assert.deepEqual((await recorder.get('/healthz')).json, { status: 'ok' });
    assert.deepEqual((await recorder.get('/readyz')).json, { status: 'ready' });
    const absent = await recorder.get('/v1/nothing');
    assert.deepEqual([absent.status, typeof absent.json.error], [404, 'string']);
    const method = await recorder.request('DELETE', '/v1/events');
    assert.equal(method.status, 405);
    assert.match(method.headers.allow, /POST/);
    assert.equal((await recorder.request('HEAD', '/healthz')).status, 200);
    assert.match((await recorder.get('/v1/contracts/agent-event@v0')).text, /x-steno/);
});
