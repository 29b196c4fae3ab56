// What the end-to-end tests of the command line share: running steno, folders, events, a recorder.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const steno = process.env.STENO_BIN ?? join(process.cwd(), 'build', 'steno');

// Nothing of the caller's own environment decides what steno reads.
const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('STENO_') && name !== 'XDG_DATA_HOME'));

export function start(args, { env = {}, cwd } = {}) {
    return spawn(steno, args, { env: { ...clean, ...env }, cwd });
}

export function collect(child) {
    return new Promise((resolve, reject) => {
        const out = [];
        const err = [];
        child.stdout.on('data', (piece) => out.push(piece));
        child.stderr.on('data', (piece) => err.push(piece));
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({
            code, signal, bytes: Buffer.concat(out), out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(),
        }));
    });
}

/** Runs steno to its end: { code, signal, out, err }. */
export function run(args, { input = '', ...options } = {}) {
    const child = start(args, options);
    child.stdin.on('error', () => {}); // it may end without reading all
    child.stdin.end(input);
    return collect(child);
}

/** Runs a line of shell with `steno` in the path. */
export function shell(line, { env = {}, cwd } = {}) {
    const path = `${join(steno, '..')}:${process.env.PATH}`;
    const child = spawn('sh', ['-c', line], { env: { ...clean, PATH: path, ...env }, cwd });
    child.stdin.end();
    return collect(child);
}

/** A folder that goes when the test ends. */
export function folder(t) {
    const path = mkdtempSync(join(tmpdir(), 'steno-cli-'));
    t.after(() => rmSync(path, { recursive: true, force: true }));
    return path;
}

/** One valid agent-event@v0 event; `change` may alter it. */
export function event(change = () => {}) {
    const made = {
        event_version: 'v0',
        event_id: randomUUID(),
        event_type: 'run.started',
        occurred_at: '2026-02-07T20:21:54.5Z',
        tenant: { tenant_id: 'acme', workspace_id: 'w', project_id: 'p' },
        run: { run_id: 'run-1', agent_id: 'planner', workflow_id: 'wf', status: 'started' },
        trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
    };
    change(made);
    return made;
}

export function ndjson(...events) {
    return events.map((one) => `${JSON.stringify(one)}\n`).join('');
}

export function lines(text) {
    return text.split('\n').filter((line) => line !== '');
}

export function zstd(text) {
    const { status, stdout } = spawnSync('zstd', ['-q', '-c'], { input: text, maxBuffer: 1 << 28 });
    if (status !== 0)
        throw new Error('zstd is needed');
    return stdout;
}

/** Waits until `what` is truthy and returns it. */
export async function until(what, ms = 20000) {
    for (const end = Date.now() + ms; Date.now() < end;) {
        const value = await what();
        if (value)
            return value;
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('it did not happen in time');
}

/** A process whose output can be looked at while it runs. */
export function watch(t, args, options) {
    const child = start(args, options);
    const seen = { child, out: '', err: '' };
    child.stdout.on('data', (piece) => { seen.out += piece; });
    child.stderr.on('data', (piece) => { seen.err += piece; });
    child.stdin.on('error', () => {});
    seen.ended = collect(child);
    t.after(async () => {
        if (child.exitCode === null && child.signalCode === null)
            child.kill('SIGKILL');
        await seen.ended;
    });
    return seen;
}

/** A recorder on a free port: { url, store, child, err, stop }. */
export async function serve(t, { store, args = [], env, listen = '127.0.0.1:0' }) {
    const seen = watch(t, ['serve', '--store', store, '--listen', listen, ...args], { env });
    seen.child.stdin.end();
    await until(() => seen.err.includes('Ctrl-C') || seen.child.exitCode !== null);
    seen.url = /^listening on (http:\S+)$/m.exec(seen.err)?.[1];
    seen.store = store;
    seen.stop = (signal = 'SIGTERM') => {
        seen.child.kill(signal);
        return seen.ended;
    };
    return seen;
}
