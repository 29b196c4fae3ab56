// steno check on much more than a machine should hold in memory: what it takes, and that nothing is lost in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { lines, run, until, watch } from './cli.mjs';

const events = 330000; // of 619 bytes: 204 MB
const dir = mkdtempSync(join(tmpdir(), 'steno-large-'));
const file = join(dir, 'events.ndjson');
after(() => rmSync(dir, { recursive: true, force: true }));

before(() => {
    const out = openSync(file, 'w');
    const made = spawnSync(process.env.STENO_GENERATE ?? join(process.cwd(), 'build/bench/generate'), [`${events}`], { stdio: ['ignore', out, 'inherit'] });
    closeSync(out);
    assert.equal(made.status, 0);
});

/** The most that a check of the file and then stdin has held in memory when it comes to stdin, in MB. */
async function peak(t, ...args) {
    const seen = watch(t, ['check', ...args, file, '-']);
    seen.child.stdin.write('{"not":"an event"}\n');
    await until(() => seen.out.includes(args.includes('flag') ? '{"line":1,"valid":false}\n' : 'stdin:1:1: '), 120000);
    const status = readFileSync(`/proc/${seen.child.pid}/status`, 'utf8');
    seen.child.stdin.end();
    const { code, out, err } = await seen.ended;
    assert.equal(code, 1);
    if (args.includes('flag'))
        assert.equal(lines(out).length, events + 1);
    else
        assert.equal(err, `${events + 1} checked, ${events} valid, 1 invalid\n`);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) * 1024 / 1e6;
}

test('B1: 200 MB of events are checked in less than 64 MB, however many jobs there are', async (t) => {
    for (const args of [['-j', '2', '--contract', 'agent-event@v0'], ['-j', '2'], ['-j', '2', '-o', 'flag'], ['-j', '16']]) {
        const megabytes = await peak(t, ...args);
        assert.ok(megabytes < 64, `${args.join(' ')}: ${megabytes} MB`);
    }
});

test('every line has its verdict in its place, whatever the number of jobs', async () => {
    const one = await run(['check', '-j', '1', '-o', 'flag', file]);
    assert.equal(one.code, 0);
    assert.equal(lines(one.out).at(-1), `{"line":${events},"valid":true}`);
    for (const jobs of ['2', '7'])
        assert.equal((await run(['check', '-j', jobs, '-o', 'flag', file])).out, one.out);
});
