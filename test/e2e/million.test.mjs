// A million lines in one request, one of them broken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, startRecorder } from './harness.mjs';

test('a bad line in the middle of a million is named, the others are recorded', { timeout: 300000 }, async (t) => {
    const recorder = await startRecorder(t);
    const lines = load(1000, 21);
    const started = Date.now();
    let counter = 0;
    // A million distinct events: the id's last digits are the running number.
    const answer = await recorder.request('POST', '/v1/events', {
        headers: { 'content-type': 'application/x-ndjson' },
        body: async (request) => {
            for (let round = 0; round < 1000; round++) {
                let piece = '';
                for (const line of lines) {
                    counter++;
                    if (counter === 500000) piece += '{"event_version":"v0","broken"\n';
                    else piece += `${line.replace(/"event_id":"[^"]{8}/, `"event_id":"${counter.toString(16).padStart(8, '0')}`)}\n`;
                }
                if (!request.write(piece)) await new Promise((resolve) => request.once('drain', resolve));
            }
            request.end();
        },
    });
    assert.equal(answer.status, 200, answer.text.slice(0, 300));
    assert.deepEqual([answer.json.accepted, answer.json.rejected], [999999, 1], answer.text.slice(0, 300));
    assert.deepEqual([answer.json.errors[0].line, answer.json.errors[0].error], [500000, 'invalid_json']);
    assert.equal(answer.json.last_seq - answer.json.first_seq, 999998);
    t.diagnostic(`a million lines in ${((Date.now() - started) / 1000).toFixed(1)} s`);
});
