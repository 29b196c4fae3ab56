// POST /v1/contracts/{ref}/check: what a contract says of events, of which nothing is recorded.
import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { event } from './cli.mjs';
import { startRecorder } from './harness.mjs';

const path = (reference) => `/v1/contracts/${reference}/check`;
const agent = { path: path('agent-event@v0') };
const broken = () => event((made) => { delete made.run.status; made.extra = 1; });

async function nothingRecorded(recorder) {
    assert.deepEqual(await recorder.all(), []);
    const metrics = (await recorder.get('/metrics')).text;
    assert.match(metrics, /^steno_events_rejected_total 0$/m);
    assert.match(metrics, /^steno_bodies_refused_total 0$/m);
}

test('V2: one object is answered with its verdict and every violation', async (t) => {
    const recorder = await startRecorder(t);
    const good = await recorder.post(JSON.stringify(event()), agent);
    assert.equal(good.status, 200);
    assert.deepEqual(good.json, { valid: true, contract: 'agent-event@v0', type: 'run.started' });
    const bad = await recorder.post(JSON.stringify(broken()), agent);
    assert.equal(bad.status, 200);
    assert.deepEqual({ ...bad.json, errors: [] }, {
        valid: false, contract: 'agent-event@v0', type: 'run.started',
        error: 'validation_failed', message: 'the event breaks its contract', errors: [],
    });
    assert.deepEqual(bad.json.errors.map(({ path: at, pointer, keyword }) => [at, pointer, keyword]).sort(), [
        ['$.extra', '/extra', 'additionalProperties'], ['$.run.status', '/run/status', 'required'],
    ]);
    const text = await recorder.post('\n {"a":}', agent);
    assert.equal(text.status, 200);
    assert.deepEqual([text.json.valid, text.json.error, text.json.line, text.json.column, text.json.offset],
        [false, 'invalid_json', 2, 7, 7]);
    await nothingRecorded(recorder);
});

test('arrays and lines: the bad ones are named, the others counted', async (t) => {
    const recorder = await startRecorder(t);
    const events = [event(), broken(), event()].map((one) => JSON.stringify(one));
    const array = await recorder.post(`[${events.join(',')}]`, agent);
    assert.equal(array.status, 200);
    assert.deepEqual({ ...array.json, errors: [] }, { checked: 3, valid: 2, invalid: 1, errors: [] });
    assert.deepEqual(array.json.errors.map(({ index, error, errors }) => [index, error, errors.length]), [[1, 'validation_failed', 2]]);
    const lines = await recorder.postLines([...events, '{', '[]'], agent);
    assert.deepEqual([lines.json.checked, lines.json.valid, lines.json.invalid], [5, 2, 3]);
    assert.deepEqual(lines.json.errors.map(({ line, error }) => [line, error]),
        [[2, 'validation_failed'], [4, 'invalid_json'], [5, 'invalid_payload_type']]);
    const packed = await recorder.post(gzipSync(events.join('\n')), { ...agent, type: 'application/x-ndjson', headers: { 'content-encoding': 'gzip' } });
    assert.deepEqual([packed.json.checked, packed.json.valid], [3, 2]);
    const cut = await recorder.post(`[${events.join(',')}`, agent);
    assert.equal(cut.status, 400);
    assert.equal(cut.json.error, 'invalid_json');
    assert.deepEqual((await recorder.post('[]', agent)).json, { checked: 0, valid: 0, invalid: 0, errors: [] });
    await nothingRecorded(recorder);
});

test('the verdict is the contract\'s, whatever its mode makes of invalid events', async (t) => {
    for (const mode of ['enforce', 'quarantine', 'observe']) {
        const recorder = await startRecorder(t, ['--mode', `agent-event=${mode}`]);
        const one = await recorder.post(JSON.stringify(broken()), agent);
        assert.deepEqual([one.status, one.json.valid, one.json.error, one.json.errors.length], [200, false, 'validation_failed', 2], mode);
        const { json } = await recorder.postLines([JSON.stringify(broken()), JSON.stringify(event())], agent);
        assert.deepEqual([json.checked, json.valid, json.invalid, json.errors[0].errors.length], [2, 1, 1, 2], mode);
        await nothingRecorded(recorder);
    }
});

test('B1: at most 1,000 bad items are named, the rest is counted', async (t) => {
    const recorder = await startRecorder(t);
    const { json } = await recorder.postLines(Array.from({ length: 3000 }, () => '{}'), { path: path('session-events') });
    assert.deepEqual([json.checked, json.valid, json.invalid, json.errors.length, json.errors_total], [3000, 0, 3000, 1000, 3000]);
    const large = await recorder.post(JSON.stringify({ a: 'x'.repeat(1 << 20) }), agent);
    assert.deepEqual([large.status, large.json.valid, large.json.error], [200, false, 'event_too_large']);
});

test('the contract of the path counts, not the one that recognises the event', async (t) => {
    const recorder = await startRecorder(t);
    const { json } = await recorder.post(JSON.stringify(event()), { path: path('session-events') });
    assert.equal(json.valid, false);
    assert.equal(json.contract, 'session-events@1.0');
    const claimed = await recorder.post(JSON.stringify(event()), { path: path('runtime-events') });
    assert.deepEqual([claimed.json.valid, claimed.json.error], [false, 'contract_ambiguous']);
});

test('bad requests are refused', async (t) => {
    const recorder = await startRecorder(t);
    const unknown = await recorder.post('{}', { path: path('nothing@1') });
    assert.deepEqual([unknown.status, unknown.json.error], [404, 'contract_not_found']);
    const param = await recorder.post('{}', { path: `${path('agent-event')}?atomic=true` });
    assert.deepEqual([param.status, param.json.error], [400, 'invalid_query']);
    const type = await recorder.post('{}', { ...agent, type: 'text/html' });
    assert.equal(type.status, 415);
    const method = await recorder.get(path('agent-event'));
    assert.equal(method.status, 405);
    assert.equal(method.headers.allow, 'POST');
    const packed = await recorder.post('not gzip', { ...agent, headers: { 'content-encoding': 'gzip' } });
    assert.deepEqual([packed.status, packed.json.error], [400, 'invalid_encoding']);
    await nothingRecorded(recorder);
});
