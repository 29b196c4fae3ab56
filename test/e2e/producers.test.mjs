// A producer's own numbering, told beside seq as events of steno@1: how a user finds gaps, and how two
// producers that number alike are told apart.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { event, folder, lines, ndjson, run } from './cli.mjs';
import { Recorder, removeFolder, startRecorder, temporaryFolder } from './harness.mjs';

const numbered = (sequence, more = {}) =>
    ({ timestamp: '2026-01-12T06:00:00', event_type: 'artifact_read', sequence, principal_id: 'p', artifact_id: 'a', ...more });

const post = async (recorder, numbers, query = '') => {
    const { status, text, json } = await recorder.postLines(numbers.map((n) => JSON.stringify(numbered(n))), { path: `/v1/events${query}` });
    assert.deepEqual([status, json.accepted], [200, numbers.length], text);
};

// What steno says, without what differs from run to run: [type, name, numbers …].
const brief = ({ type, event: { producer, expected, found, missing, still_missing: left } }) =>
    [type, producer.name, ...[expected, found, missing, left].filter((one) => one !== undefined)];

async function told(recorder, ...args) {
    const { code, out, err } = await run(['query', '--store', recorder.store, '--contract', 'steno@1', '-o', 'json', ...args]);
    assert.equal(code, 0, err);
    return lines(out).map((line) => brief(JSON.parse(line)));
}

/** The first `count` events of steno@1 that a stream sends. */
async function streamed(recorder, count) {
    const answer = await fetch(`http://127.0.0.1:${recorder.port}/v1/stream?contract=steno@1&limit=${count}`);
    return lines(await answer.text()).filter((line) => line.startsWith('data: ')).map((line) => brief(JSON.parse(line.slice(6))));
}

test('O4: two producers that number alike are told apart by their names, and mixed up without', async (t) => {
    const recorder = await startRecorder(t);
    for (let n = 1; n <= 6; n += 2)
        for (const name of ['run-1', 'run%202'])
            await post(recorder, [n, n + 1], `?producer=${name}`);
    assert.deepEqual(await told(recorder), []);
    assert.deepEqual((await recorder.all()).map(({ producer, producer_seq: seq }) => `${producer} ${seq}`),
        [1, 3, 5].flatMap((n) => ['run-1', 'run 2'].flatMap((name) => [`${name} ${n}`, `${name} ${n + 1}`])));
    for (let n = 1; n <= 2; n++)
        for (let twice = 0; twice < 2; twice++)
            await post(recorder, [n]);
    assert.deepEqual(await told(recorder),
        [['producer.repeat', undefined, 2, 1], ['producer.repeat', undefined, 3, 2]]);
});

test('O4: gap, late number, repeat and new start are told, over every way to ask, and across kill -9', async (t) => {
    const dir = temporaryFolder();
    const recorder = await new Recorder(join(dir, 's.db')).start();
    t.after(async () => {
        await recorder.kill();
        removeFolder(dir);
    });
    await post(recorder, [1, 2, 5], '?producer=scout');
    const expected = [['producer.gap', 'scout', 3, 5, 2]];
    assert.deepEqual(await told(recorder), expected);
    await recorder.kill('SIGKILL');
    await recorder.start();
    assert.deepEqual(await told(recorder), expected);
    await post(recorder, [3, 6], '?producer=scout'); // late, and on as if nothing had been
    expected.push(['producer.gap_closed', 'scout', 3, 1]);
    await post(recorder, [6], '?producer=scout'); // twice
    expected.push(['producer.repeat', 'scout', 7, 6]);
    await recorder.kill('SIGKILL');
    await recorder.start();
    await post(recorder, [1, 2, 3], '?producer=scout'); // a new start, told once
    expected.push(['producer.repeat', 'scout', 7, 1]);
    await post(recorder, [9], '?producer=other'); // begins where it likes
    assert.deepEqual(await told(recorder), expected);
    assert.deepEqual(await streamed(recorder, expected.length), expected);
    assert.deepEqual(await told(recorder, '--type', 'producer.gap'), expected.slice(0, 1));
    assert.deepEqual(await told(recorder, '--type', 'producer.*', '--stream', 'scout'), expected);
    assert.deepEqual(await told(recorder, '--stream', 'other'), []);
    const page = await recorder.get('/v1/events?contract=steno@1&type=producer.repeat&format=json');
    assert.deepEqual(page.json.events.map(brief), expected.slice(2));
    // Each notice stands on the events that it names, and is one of those that the figures count.
    for (const { seq, event: { at_seq: at, after_seq: after, producer } } of page.json.events) {
        assert.ok(after < at && at < seq);
        for (const one of [after, at])
            assert.equal((await recorder.get(`/v1/events/${one}`)).json.producer, producer.name);
    }
    const metrics = (await recorder.get('/metrics')).text;
    assert.match(metrics, /^steno_events_own_total 1$/m); // since this process began
    assert.match(metrics, /^steno_events_accepted_total 4$/m);
});

test('O4: a file recorded twice from its start is told once as a repeat; under another name it is another run', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const path = join(dir, 'run.ndjson');
    writeFileSync(path, ndjson(...Array.from({ length: 3000 }, (_, i) => numbered(i + 1, { n: i }))));
    const record = async (...args) => {
        const { code, err } = await run(['record', '--store', store, ...args, path]);
        assert.equal(code, 0, err);
    };
    await record('--producer', 'run-1');
    assert.deepEqual(await told({ store }), []);
    await record('--producer', 'run-1');
    assert.deepEqual(await told({ store }), [['producer.repeat', 'run-1', 3001, 1]]);
    await record('--producer', 'run-2');
    await record();
    assert.equal((await told({ store })).length, 1);
});

test('W1: N1: an event\'s own producer wins, and its bytes are as they came', async (t) => {
    const recorder = await startRecorder(t);
    const own = JSON.stringify(event());
    assert.equal((await recorder.post(own, { path: '/v1/events?producer=somebody' })).status, 202);
    const nameless = ` {"timestamp" :"2026-01-12T06:00:00", "event_type": "artifact_read","principal_id":"p","artifact_id":"a","sequence":1} `;
    assert.equal((await recorder.post(`[${nameless}]`, { path: '/v1/events?producer=somebody&atomic=true' })).status, 200);
    assert.deepEqual((await recorder.all()).map(({ producer }) => producer), ['planner', 'somebody']);
    assert.equal((await recorder.get('/v1/events/1/raw')).text, own);
    assert.equal((await recorder.get('/v1/events/2/raw')).text, nameless.trim());
    // Through the recorder that serves the store, too.
    const { code, err } = await run(['record', '--store', recorder.store, '--producer', 'a&b=c, d'],
        { input: ndjson(numbered(1)) });
    assert.equal(code, 0, err);
    assert.equal((await recorder.all('&after=2'))[0].producer, 'a&b=c, d');
});

test('O4: an event that is kept apart keeps the name that its sender gave, and has it when it is released', async (t) => {
    const recorder = await startRecorder(t, ['--mode', 'resource-events@1=quarantine']);
    await post(recorder, [1], '?producer=run-1');
    const { json } = await recorder.post(JSON.stringify(numbered(2, { principal_id: undefined })),
        { path: '/v1/events?contract=resource-events@1&producer=run-1' });
    assert.equal(json.status, 'quarantined');
    assert.equal((await recorder.get(`/v1/quarantine/${json.quarantine}`)).json.producer, 'run-1');
    const released = await recorder.post(JSON.stringify(numbered(2)), { path: `/v1/quarantine/${json.quarantine}/release` });
    assert.equal(released.json.status, 'released', released.text);
    await post(recorder, [3], '?producer=run-1');
    assert.deepEqual((await recorder.all('&contract=resource-events')).map(({ producer, producer_seq: seq }) => [producer, seq]),
        [['run-1', 1], ['run-1', 2], ['run-1', 3]]);
    assert.deepEqual(await told(recorder, '--type', 'producer.*'), []);
});

test('B1: a name that is none is refused', async (t) => {
    const recorder = await startRecorder(t);
    for (const query of ['producer=', `producer=${'n'.repeat(257)}`, 'producer=a%0Ab', 'producer=%ff', 'producer=a&producer=b']) {
        const { status, json } = await recorder.post(JSON.stringify(numbered(1)), { path: `/v1/events?${query}` });
        assert.deepEqual([status, json.error], [400, 'invalid_query'], query);
    }
    for (const name of ['', 'n'.repeat(257), 'a\tb']) {
        const { code, err } = await run(['record', '--store', recorder.store, '--producer', name], { input: ndjson(numbered(1)) });
        assert.equal(code, 2);
        assert.match(err, /^steno: record: --producer /);
    }
    assert.deepEqual(await recorder.all(), []);
    assert.equal((await recorder.post(JSON.stringify(numbered(1)), { path: `/v1/events?producer=${'n'.repeat(256)}` })).status, 202);
});
