// The recorder is killed (SIGKILL) twenty times while 100,000 events come in over four connections that
// send again what was not acknowledged. After every start everything acknowledged is there once, in
// order, to the byte; in the end so is everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, pause, startRecorder } from './harness.mjs';

const EVENTS = 100000;
const KILLS = 20;
const REQUEST = 100;
const SENDERS = 4;

test('D1: D2: D3: O1: O2: I1: twenty kills under load lose nothing, repeat nothing, need no repair', { timeout: 600000 }, async (t) => {
    const events = load(EVENTS, 7);
    const idOf = (text) => /"event_id":"([^"]+)"/.exec(text)[1];
    const byId = new Map(events.map((text) => [idOf(text), text]));
    const recorder = await startRecorder(t);

    const requests = [];
    for (let at = 0; at < EVENTS; at += REQUEST) requests.push(events.slice(at, at + REQUEST));
    const acknowledged = []; // requests answered with 200
    let next = 0;
    let kills = 0;
    let down = null; // a promise while the recorder is down

    async function send(lines) {
        for (;;) {
            if (down) await down;
            try {
                const answer = await recorder.postLines(lines);
                assert.equal(answer.status, 200, answer.text);
                assert.equal(answer.json.accepted + answer.json.duplicates, lines.length, answer.text);
                return;
            } catch (error) {
                if (error.code === 'ERR_ASSERTION') throw error;
                await pause(5); // the connection broke: not acknowledged, so it is sent again
            }
        }
    }

    async function sender() {
        while (next < requests.length) {
            const mine = requests[next++];
            await send(mine);
            acknowledged.push(mine);
        }
    }

    async function checkAll(expected) {
        const lines = await recorder.all();
        const place = new Map();
        lines.forEach((line, at) => {
            assert.equal(line.seq, at + 1, 'seq is dense');
            assert.ok(!place.has(line.id), `${line.id} is there twice`);
            place.set(line.id, at);
            assert.equal(JSON.stringify(line.event), JSON.stringify(JSON.parse(byId.get(line.id))));
        });
        for (const request of expected) {
            let before = -1;
            for (const text of request) {
                const at = place.get(idOf(text));
                assert.ok(at !== undefined, `acknowledged ${idOf(text)} is gone`);
                assert.ok(at > before, 'within a request the order is the order of arrival');
                before = at;
            }
        }
        return lines.length;
    }

    async function killer() {
        while (kills < KILLS) {
            const due = Math.floor(((kills + 1) * requests.length) / (KILLS + 2));
            while (acknowledged.length < due) await pause(1);
            await pause(Math.random() * 8);
            let up;
            down = new Promise((resolve) => { up = resolve; });
            await recorder.kill('SIGKILL');
            kills++;
            const promised = acknowledged.slice(); // what was answered before the crash
            await recorder.start();
            await checkAll(promised);
            down = null;
            up();
        }
    }

    await Promise.all([...Array.from({ length: SENDERS }, sender), killer()]);
    assert.equal(kills, KILLS);
    assert.equal(await checkAll(requests), EVENTS);
    for (const seq of [1, 5000, EVENTS]) {
        const line = await recorder.get(`/v1/events/${seq}`);
        const raw = await recorder.get(`/v1/events/${seq}/raw`);
        assert.equal(raw.text, byId.get(line.json.id), 'W1: the bytes as they came');
    }
});
