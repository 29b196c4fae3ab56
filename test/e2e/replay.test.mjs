// replay: a stream again, oldest first, at its own pace. What is asserted is order and content, never how
// long something took: the arithmetic of the pace is test/cli/pace.c's.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, lines, ndjson, run, serve, steno, until, watch } from './cli.mjs';

const start = 1772276400000;
const HOUR = 3600_000;
let count = 0;

const row = (sessionId, timestamp, type = 'some_type', payload) => ({ id: `e${count++}`, sessionId, type, timestamp, payload });

async function filled(t, rows) {
    const store = join(folder(t), 's.db');
    const { code, err } = await run(['record', '--store', store], { input: ndjson(...rows) });
    assert.equal(code, 0, err);
    return store;
}

async function good(args) {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, err], [0, '']);
    return out;
}

const fast = (...args) => good(['replay', ...args, '--speed', 'max']);

test('O2: a replay leaves nothing out: all pages, all levels, in order, from a file and from a recorder', async (t) => {
    const rows = [];
    for (let i = 0; i < 2345; i++)
        rows.push(row('a,b', start + i, i % 3 === 0 ? 'viewport_x' : 'tool_x'), row('other', start + i));
    const store = await filled(t, rows);
    const mine = rows.filter((one) => one.sessionId === 'a,b');
    const shown = await fast('a,b', '--store', store, '-o', 'raw');
    assert.equal(shown, ndjson(...mine));
    const recorder = await serve(t, { store });
    for (const where of [['--store', store], ['--url', recorder.url]]) {
        assert.equal(await fast('a,b', ...where, '-o', 'raw'), shown);
        for (const form of ['json', 'short', 'structured', 'pretty'])
            assert.equal(await fast('a,b', ...where, '-o', form),
                await good(['query', '--stream', 'a\\,b', '--level', 'debug', ...where, '-o', form]));
        for (const filter of [['--level', 'ops'], ['--type', 'tool_*,tool_x'], ['--since', '2026-02-28T11:00:01Z'],
            ['--until', '2026-02-28T11:00:02Z'], ['--limit', '1500'], ['-n', '1'], ['-n', '2000'], ['-n', '2000', '--limit', '1100'],
            ['--after', '900', '--before', '3900'], ['--category', 'tool'], ['--limit', '0'], ['-n', '0']]) {
            const level = filter[0] === '--level' ? [] : ['--level', 'debug'];
            assert.equal(await fast('a,b', ...where, '-o', 'raw', ...filter),
                await good(['query', '--stream', 'a\\,b', ...where, '-o', 'raw', ...level, ...filter]), filter.join(' '));
        }
    }
});

test('what a line states of an event\'s figures comes from a recorder and in a replay, too', async (t) => {
    const made = await run(['new', 'model.call.completed', 'run.run_id=costly', 'model_call.provider=p', 'model_call.model=m',
        'resource_usage.input_tokens=1200', 'resource_usage.output_tokens=340', 'cost.cost_usd=0.0125']);
    const store = join(folder(t), 's.db');
    assert.equal((await run(['record', '--store', store], { input: made.out })).code, 0);
    const line = await good(['query', '--store', store, '-o', 'json']);
    const { tokens, cost } = JSON.parse(line);
    assert.deepEqual([tokens.uncached_input, cost.amount], [1200, '0.0125']);
    const recorder = await serve(t, { store });
    assert.equal(await good(['query', '--url', recorder.url, '-o', 'json']), line);
    assert.equal(await good(['query', '--url', recorder.url, '-o', 'structured']), line);
    assert.equal(await good(['tail', '--url', recorder.url, '-o', 'json']), line);
    assert.deepEqual(JSON.parse(await good(['query', '--url', recorder.url, '-o', 'pretty'])), JSON.parse(line));
    for (const where of [['--store', store], ['--url', recorder.url]])
        assert.equal(await fast('costly', ...where, '-o', 'json'), line);
});

test('large events are read a few at a time', async (t) => {
    const rows = Array.from({ length: 30 }, (_, i) => row('large', start + i, 'some_type', { text: String(i).repeat(400_000) }));
    const store = await filled(t, rows);
    const recorder = await serve(t, { store });
    for (const where of [['--store', store], ['--url', recorder.url]])
        assert.equal(await fast('large', ...where, '-o', 'raw'), ndjson(...rows));
});

test('at its own pace a stream is shown whole, also where its times go back or are none', async (t) => {
    const rows = [0, 15, 15, 30].map((ms) => row('s', start + ms));
    rows.push(row('s', start - 400 * 24 * HOUR), row('s', start - 400 * 24 * HOUR + 20));
    rows.push(row('s', 8640000000000001), row('s', start - 400 * 24 * HOUR + 40)); // no clock reaches the first
    const store = await filled(t, rows);
    for (const speed of [[], ['--speed', '1'], ['--speed', '2x'], ['--speed=0.5x']])
        assert.equal(await good(['replay', 's', '--store', store, '-o', 'raw', ...speed]), ndjson(...rows));
});

test('what is recorded while it plays is not part of it', async (t) => {
    const rows = [row('s', start), row('s', start + 1500)];
    const store = await filled(t, rows);
    const seen = watch(t, ['replay', 's', '--store', store, '-o', 'raw']);
    seen.child.stdin.end();
    await until(() => seen.out !== '');
    assert.equal((await run(['record', '--store', store], { input: ndjson(row('s', start + 1501)) })).code, 0);
    const { code, out } = await seen.ended;
    assert.deepEqual([code, out], [0, ndjson(...rows)]);
});

// Descriptors of a process that are neither its standard streams nor /dev/….
const held = (pid) => readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2).map((fd) => {
    try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
        return '';
    }
}).filter((path) => path.includes('.db') || path.startsWith('socket:'));

test('what was shown is seen while it waits, it holds nothing meanwhile, and an interrupt ends it well', async (t) => {
    const rows = [row('s', start), row('s', start + 10 * HOUR)];
    const store = await filled(t, rows);
    const recorder = await serve(t, { store });
    for (const [where, signal] of [[['--store', store], 'SIGINT'], [['--url', recorder.url], 'SIGTERM']]) {
        const seen = watch(t, ['replay', 's', ...where, '-o', 'raw']);
        seen.child.stdin.end();
        await until(() => seen.out !== '');
        assert.deepEqual(held(seen.child.pid), []);
        seen.child.kill(signal);
        const { code, out, err } = await seen.ended;
        assert.deepEqual([code, out, err], [0, ndjson(rows[0]), '']);
    }
});

test('a long wait is told on a terminal, with a speed that makes it short', async (t) => {
    if (spawnSync('script', ['--version']).status !== 0)
        return t.skip('script(1) makes the terminal');
    const dir = folder(t);
    const store = await filled(t, [row('s', start), row('s', start + 2 * HOUR + 3 * 60_000 + 1000)]);
    const child = spawn('script', ['-qec', `'${steno}' replay s --store '${store}' > '${join(dir, 'out')}'`, '/dev/null']);
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (piece) => { said += piece; });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await until(() => said.includes('\n'));
    child.kill('SIGTERM');
    await ended;
    assert.match(said, /^-- next event in 2 h [23] min; --speed 1000 makes it shorter\r?\n/);
});

test('a stream that there is not is said so, with the nearest that there is', async (t) => {
    const store = await filled(t, [row('session-4f2a91', start), row('b', start, 'viewport_x')]);
    const recorder = await serve(t, { store });
    for (const where of [['--store', store], ['--url', recorder.url]]) {
        for (const [name, said] of [
            ['session-4f2a92', 'no such stream; did you mean session-4f2a91?'],
            ['session', 'no such stream; did you mean session-4f2a91?'],
            ['a stream of nobody', 'no such stream; steno streams lists them'],
        ]) {
            const { code, out, err } = await run(['replay', name, ...where]);
            assert.deepEqual([code, out, err], [1, '', `steno: replay: ${name}: ${said}\n`]);
        }
        for (const filter of [['--type', 'x'], ['--since', 'tomorrow'], ['--tenant', 't'], ['--level', 'ops']]) {
            const { code, out, err } = await run(['replay', 'b', ...where, ...filter]);
            assert.deepEqual([code, out, err], [1, '', 'steno: replay: b: no event of this stream matches\n']);
        }
    }
});

test('what cannot be understood is a usage error', async (t) => {
    const store = await filled(t, [row('s', start)]);
    for (const args of [[], [''], ['s', 'more'], ['s', '--speed', 'quick'], ['s', '--speed', '0'], ['s', '--order', 'desc'],
        ['s', '--stream', 's'], ['s', '-o', 'table']]) {
        const { code, out, err } = await run(['replay', '--store', store, ...args]);
        assert.deepEqual([code, out], [2, ''], args.join(' '));
        assert.match(err, /^steno: replay: /);
    }
    assert.equal((await run(['replay', 's', '--store', join(folder(t), 'absent.db')])).code, 3);
    assert.equal((await run(['replay', 's', '--url', 'http://127.0.0.1:1'])).code, 3);
});
