// steno serve, and the commands that find a recorder: through the lock, by URL, by socket; following it; the manual's examples.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, event, folder, lines, ndjson, run, serve, shell, start, until, watch } from './cli.mjs';

const many = (count, change) => ndjson(...Array.from({ length: count }, () => event(change)));

// ---- starting and stopping ----

test('serve says where it listens and how to send a first event, and stops on a signal', async (t) => {
    const dir = folder(t);
    for (const signal of ['SIGTERM', 'SIGINT']) {
        const recorder = await serve(t, { store: join(dir, 'new', 's.db') });
        assert.match(recorder.err, /records into .*s\.db$/m);
        assert.match(recorder.err, /curl .*\/v1\/events/);
        const answer = await fetch(`${recorder.url}/v1/events`, {
            method: 'POST', body: JSON.stringify(event()), headers: { 'Content-Type': 'application/json' },
        });
        assert.equal(answer.status, 202);
        const { code } = await recorder.stop(signal);
        assert.equal(code, 0);
    }
    assert.equal(lines((await run(['query', '--store', join(dir, 'new', 's.db')])).out).length, 2);
});

test('what cannot be listened on is told, with what to do', async (t) => {
    const dir = folder(t);
    const recorder = await serve(t, { store: join(dir, 'a.db') });
    const try_ = (...args) => run(['serve', '--store', join(dir, 'b.db'), ...args]);
    const taken = await try_('--listen', new URL(recorder.url).host);
    assert.equal(taken.code, 3);
    assert.match(taken.err, /^steno: listen on 127\.0\.0\.1:\d+: .*another --listen/m);
    const open = await try_('--listen', '0.0.0.0:0');
    assert.equal(open.code, 2);
    assert.match(open.err, /^steno: listen on 0\.0\.0\.0:0: .*loopback.*; say --listen 127\.0\.0\.1:PORT$/m);
    assert.equal((await try_('--listen', 'nonsense')).code, 2);
    assert.equal((await try_('--listen', 'none')).code, 2);
    assert.equal((await try_('--workers', '0')).code, 2);
    assert.equal((await try_('--mode', 'agent-event=strict')).code, 2);
    assert.equal((await try_('--mode', 'nope=observe')).code, 2);
    assert.deepEqual(readdirSync(dir).filter((name) => name.startsWith('b.')), [], 'no store is made that nobody can reach');
});

test('a recorder that is started twice is told of the first, not of its address', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    const second = await run(['serve', '--store', store, '--listen', new URL(recorder.url).host]);
    assert.equal(second.code, 3);
    assert.match(second.err, /^steno: store .*: the recorder at .* holds it/m);
});

test('a store has one recorder: a second one is told where the first is', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    const second = await run(['serve', '--store', store, '--listen', '127.0.0.1:0']);
    assert.equal(second.code, 3);
    assert.match(second.err, /^steno: store .*: the recorder at http:\/\/127\.0\.0\.1:\d+ holds it; use that one, stop it/m);
    assert.ok(second.err.includes(recorder.url));
});

test('--mode and STENO_LISTEN hold', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store, args: ['--mode', 'agent-event=observe'] });
    const { code, err } = await run(['record', '--url', recorder.url], { input: many(1, (one) => { one.event_id = 'x'; }) });
    assert.deepEqual([code, err], [0, '1 accepted (seq 1), 1 of them invalid but observed\n']);
    assert.match((await run(['query', '--store', store, '-o', 'short', '--valid', 'false'])).out, / invalid\n$/);
    assert.equal((await run(['query', '--url', recorder.url, '--valid', 'true'])).out, '');
    assert.match((await run(['query', '--store', store, '-o', 'short'])).out, / invalid\n$/);
    const other = await serve(t, { store: join(folder(t), 't.db'), listen: 'localhost:0', env: { STENO_LISTEN: 'none' } });
    assert.ok(other.url);
});

// ---- recording through a recorder ----

test('B1: an input that rests is answered for what came, and goes on: a recorder does not wait for ever', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    const child = start(['record', '--url', recorder.url]);
    const seen = { err: '' };
    child.stderr.on('data', (piece) => { seen.err += piece; });
    const ended = collect(child);
    child.stdin.write(`${many(2)}{}\n`);
    await until(() => seen.err.includes('stdin:3:'));
    child.stdin.write('{"a"');
    child.stdin.write(`:1}\n${many(1)}`);
    await until(() => seen.err.includes('stdin:4:'));
    child.stdin.end('{}');
    const { code, err } = await ended;
    assert.equal(code, 1, err);
    assert.match(err, /^stdin:6: /m);
    assert.match(err, /3 accepted \(seq 1 to 3\), 3 rejected/);
});

test('record into a served store goes through the lock to the recorder', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    const { code, err } = await run(['record', '--store', store], { input: many(3000) });
    assert.deepEqual([code, err], [0, '3000 accepted (seq 1 to 3000)\n']);
    assert.equal(lines((await run(['query', '--store', store])).out).length, 3000);
    await recorder.stop();
    assert.match((await run(['record', '--store', store], { input: many(1) })).err, /seq 3001/);
});

test('through a recorder the same lines are refused in the same words as without one', async (t) => {
    const dir = folder(t);
    const good = event();
    const other = event((one) => { one.event_id = good.event_id; one.run.run_id = 'other'; });
    const input = `${ndjson(good)}\n${many(1, (one) => { one.trace.span_id = 7; })}{"a":\n{"a":1}\n7\n${ndjson(other)}`;
    const array = `[${JSON.stringify(event())},\n7,\n{"a":1}]`;
    const recorder = await serve(t, { store: join(dir, 'a.db') });
    for (const text of [input, array, JSON.stringify(event(), null, 2), '[\n{"a":1},\n{"a":}]']) {
        const here = await run(['record', '--store', join(dir, 'b.db')], { input: text });
        const there = await run(['record', '--url', recorder.url], { input: text });
        assert.deepEqual([there.code, there.err], [here.code, here.err]);
    }
});

test('sockets carry everything that TCP does', async (t) => {
    const dir = folder(t);
    const socket = join(dir, 's.sock');
    const recorder = await serve(t, { store: join(dir, 's.db'), args: ['--socket', socket], listen: 'none' });
    assert.match(recorder.err, new RegExp(`^listening on unix:${socket}$`, 'm'));
    assert.equal((await run(['record', '--socket', socket], { input: many(2) })).code, 0);
    assert.equal((await run(['record', '--store', join(dir, 's.db')], { input: many(1) })).code, 0);
    assert.equal(lines((await run(['query', '--url', `unix:${socket}`])).out).length, 3);
    assert.equal(lines((await run(['query'], { env: { STENO_URL: `unix:${socket}` } })).out).length, 3);
    await recorder.stop();
    assert.equal(existsSync(socket), false);
    assert.equal((await run(['record', '--socket', socket], { input: many(1) })).code, 3);
});

// ---- reading from a recorder ----

test('a recorder and its file give the same output, in every form and order', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    await run(['record', '--store', store], { input: many(150) + many(50, (one) => { one.run.run_id = 'run-2'; one.tenant.tenant_id = 't,2'; }) });
    for (const args of [['query'], ['query', '-o', 'short'], ['query', '-o', 'raw'], ['query', '-o', 'pretty', '-n', '3'], ['query', '-r'],
        ['query', '-r', '--limit', '7'], ['query', '-n', '120'], ['query', '-n', '120', '--limit', '3'], ['query', '-r', '-n', '5'],
        ['query', '--after', '20', '--before', '40'], ['query', '--stream', 'run-2', '--show-cursor'], ['query', '--type', 'none.*'],
        ['query', '--tenant', 't\\,2', '-n', '2'], ['query', '--before', '0'], ['query', '-n', '0'], ['query', '--since', '2026-02-08'],
        ['tail'], ['tail', '-n', '3', '-o', 'short', '--show-cursor'], ['streams'], ['streams', '-o', 'table'],
        ['streams', '--stream', 'run-2']]) {
        const here = await run([...args, '--store', store]);
        const there = await run([...args, '--url', recorder.url]);
        assert.deepEqual([there.code, there.out, there.err], [here.code, here.out, here.err], args.join(' '));
        assert.equal(here.code, 0);
    }
});

test('more than a page comes whole, in both directions', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    await run(['record', '--store', store], { input: many(21000) });
    for (const args of [['query', '-o', 'raw'], ['query', '-o', 'raw', '-r'], ['query', '-n', '15000', '-o', 'raw']]) {
        const here = await run([...args, '--store', store]);
        const there = await run([...args, '--url', recorder.url]);
        assert.ok(here.out === there.out, args.join(' '));
    }
});

// ---- following ----

for (const where of ['file', 'recorder']) {
    test(`tail -f of a ${where} shows what is there, then what comes, and keeps its place`, async (t) => {
        const dir = folder(t);
        const store = join(dir, 's.db');
        const recorder = await serve(t, { store });
        await run(['record', '--store', store], { input: many(20) });
        const from = where === 'file' ? ['--store', store] : ['--url', recorder.url];
        const args = ['tail', '-f', '-n', '2', '-o', 'json', ...from, '--cursor-file', join(dir, 'c'), '--show-cursor'];
        const seen = watch(t, args);
        const seqs = () => lines(seen.out).filter((line) => line[0] === '{').map((line) => JSON.parse(line).seq);
        await until(() => seqs().length === 2);
        await run(['record', '--store', store], { input: many(3) });
        await until(() => seqs().length === 5);
        assert.deepEqual(seqs(), [19, 20, 21, 22, 23]);
        seen.child.kill('SIGINT');
        const { code, out } = await seen.ended;
        assert.equal(code, 0);
        assert.match(out, /^-- cursor: (\S+)\n$/m);
        await run(['record', '--store', store], { input: many(2) });
        const rest = await run(['tail', '-o', 'json', ...from, '--cursor-file', join(dir, 'c')]);
        assert.deepEqual(lines(rest.out).map((line) => JSON.parse(line).seq), [24, 25]);
    });
}

test('tail -f of a recorder goes on behind the last event when the recorder comes back', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    await run(['record', '--store', store], { input: many(3) });
    const seen = watch(t, ['tail', '-f', '-n', '0', '-o', 'json', '--url', recorder.url]);
    const seqs = () => lines(seen.out).map((line) => JSON.parse(line).seq);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await run(['record', '--store', store], { input: many(2) });
    await until(() => seqs().length === 2);
    await recorder.stop();
    await until(() => seen.err.includes('connection lost'));
    await run(['record', '--store', store], { input: many(2) });
    await serve(t, { store, listen: new URL(recorder.url).host });
    await run(['record', '--store', store], { input: many(1) });
    await until(() => seqs().length === 5);
    assert.deepEqual(seqs(), [4, 5, 6, 7, 8]);
});

test('tail -f with a limit ends there', async (t) => {
    const store = join(folder(t), 's.db');
    const recorder = await serve(t, { store });
    await run(['record', '--store', store], { input: many(3) });
    for (const from of [['--store', store], ['--url', recorder.url]]) {
        const seen = watch(t, ['tail', '-f', '-n', '1', '--limit', '2', '-o', 'raw', ...from]);
        await until(() => lines(seen.out).length === 1);
        await run(['record', '--store', store], { input: many(3) });
        const { code, out } = await seen.ended;
        assert.deepEqual([code, lines(out).length], [0, 2]);
    }
});

// ---- the manual ----

test('the manual\'s examples work as they stand', async (t) => {
    const manual = readFileSync(new URL('../../man/steno.1', import.meta.url), 'utf8').split('.Sh EXAMPLES')[1];
    const blocks = [...manual.matchAll(/^\.Bd [^\n]*\n([^]*?)^\.Ed/gm)].map((found) => found[1].replaceAll('\\-', '-'));
    const runnable = blocks.filter((block) => !/steno serve|tail -f/.test(block));
    assert.ok(runnable.length >= 4);
    for (const block of runnable) {
        const dir = folder(t);
        const { code, out, err } = await shell(`set -e\n${block}`, { cwd: dir, env: { HOME: dir } });
        assert.equal(code, 0, `${block}${out}${err}`);
        assert.doesNotMatch(err, /^steno: /m, block);
    }
});
