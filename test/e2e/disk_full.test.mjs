// A recorder whose disk is a small tmpfs: it fills, is answered for, is read on, and goes on when there
// is room again. The tmpfs lives in a mount namespace of its own and is gone with the recorder.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { test } from 'node:test';
import { load, pause, Recorder, removeFolder, STENO, temporaryFolder } from './harness.mjs';

const unshare = process.getuid() === 0 ? ['-m'] : ['-rm'];
const possible = spawnSync('unshare', [...unshare, 'mount', '-t', 'tmpfs', 'steno', '/mnt']).status === 0;

test('D4: B1: a full disk answers 503, loses nothing, is read on, and goes on when there is room', { skip: !possible && 'mount namespaces are not allowed here', timeout: 120000 }, async (t) => {
    const folder = temporaryFolder();
    const recorder = new Recorder(`${folder}/steno.db`);
    recorder.said = '';
    recorder.process = spawn('unshare', [...unshare, 'sh', '-c',
        `mount -t tmpfs -o size=16m steno ${folder} && head -c 8388608 /dev/zero > ${folder}/ballast && exec ${STENO} serve --store ${folder}/steno.db --listen 127.0.0.1:0`],
        { stdio: ['ignore', 'pipe', 'pipe'] });
    recorder.ended = new Promise((resolve) => recorder.process.once('exit', resolve));
    t.after(async () => { await recorder.kill(); removeFolder(folder); });
    for (const stream of [recorder.process.stdout, recorder.process.stderr])
        stream.on('data', (piece) => {
            recorder.said += piece;
            recorder.port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(recorder.said)?.[1]);
        });
    for (let waited = 0; !recorder.port && waited < 200; waited++) await pause(50);
    assert.ok(recorder.port, recorder.said);

    const events = load(200000, 61);
    const acknowledged = [];
    let at = 0;
    let refused;
    while (at < events.length) {
        const lines = events.slice(at, at + 500);
        const answer = await recorder.postLines(lines);
        const kept = answer.status === 200 ? 500 : answer.json.last_line ?? 0;
        acknowledged.push(...lines.slice(0, kept));
        at += kept;
        if (answer.status !== 200) { refused = answer; break; }
    }
    assert.ok(refused, 'the disk got full');
    assert.equal(refused.status, 503, refused.text);
    assert.ok(refused.headers['retry-after'], 'Retry-After is said');
    assert.equal(refused.json.error, 'store_failed');
    assert.match(refused.json.message, /full/);
    assert.ok(acknowledged.length > 1000, `${acknowledged.length} events fitted`);

    const verify = async () => {
        const lines = await recorder.all();
        assert.equal(lines.length, acknowledged.length, 'exactly what was acknowledged');
        lines.forEach((line, place) => assert.deepEqual(line.event, JSON.parse(acknowledged[place])));
    };
    await verify();
    assert.equal((await recorder.get('/readyz')).status, 503, 'not ready to take events');
    assert.equal((await recorder.get('/healthz')).status, 200);
    const single = await recorder.post(events[at]);
    if (single.status === 202) { acknowledged.push(events[at]); at += 1; } // one may still fit
    else assert.equal(single.status, 503);

    // A long body in which the disk fills half-way: the answer names the last durable line.
    const long = await recorder.postLines(events.slice(at, at + 20000));
    assert.equal(long.status, 503);
    const durable = long.json.last_line ?? 0;
    assert.equal(long.json.accepted, durable, long.text.slice(0, 300));
    acknowledged.push(...events.slice(at, at + durable));
    at += durable;
    await verify();

    unlinkSync(`/proc/${recorder.process.pid}/root${folder}/ballast`);
    // The checkpoint that had no room takes some of it first, at most as much as store and log had
    // together, so a producer may be sent away once more. The ballast was as large.
    let again;
    for (let tries = 0; tries < 20 && again?.status !== 200; tries++) {
        const lines = events.slice(at, at + 500);
        again = await recorder.postLines(lines);
        const kept = again.status === 200 ? again.json.accepted : again.json.last_line ?? 0;
        acknowledged.push(...lines.slice(0, kept));
        at += kept;
        if (again.status !== 200) await pause(200);
    }
    assert.equal(again.status, 200, again.text);
    assert.equal((await recorder.get('/readyz')).status, 200);
    await verify();
});
