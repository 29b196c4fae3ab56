// `steno new`: events of every contract from what is given, the system and the contract's own rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, run } from './cli.mjs';

test('new makes session events from options, as their reference has them', async () => {
    const before = new Date().toISOString();
    const start = await run(['new', 'session_start', '--component', 'mahavishnu', '--shell', 'MahavishnuShell', '--metadata', '{"a":1}'],
        { env: { USER: 'u'.repeat(150), HOME: `/${'\u00fc'.repeat(600)}` } });
    assert.equal(start.code, 0, start.err);
    const event = JSON.parse(start.out);
    assert.deepEqual(Object.keys(event), ['event_version', 'event_id', 'event_type', 'component_name', 'shell_type', 'timestamp',
        'pid', 'user', 'hostname', 'environment', 'metadata']);
    assert.equal(event.event_version, '1.0');
    assert.match(event.event_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(event.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.ok(event.timestamp >= before.replace('Z', '') && event.timestamp < '9999');
    assert.equal(event.pid, process.pid); // whose event it is: not that of steno itself
    assert.deepEqual(event.user, { username: 'u'.repeat(100), home: `/${'\u00fc'.repeat(499)}` });
    assert.equal(event.environment.cwd, process.cwd());
    assert.deepEqual([event.component_name, event.shell_type, event.metadata], ['mahavishnu', 'MahavishnuShell', { a: 1 }]);
    assert.equal((await run(['check'], { input: start.out })).code, 0);
    for (const args of [['--session', 's-1'], ['session_id=s-1']]) {
        const end = await run(['new', 'session_end', ...args]);
        assert.equal(end.code, 0, end.err);
        const { timestamp, ...rest } = JSON.parse(end.out);
        assert.ok(timestamp > before.replace('Z', ''));
        assert.deepEqual(rest, { event_type: 'session_end', session_id: 's-1', metadata: {} });
        assert.equal((await run(['check'], { input: end.out })).code, 0);
    }
});

const refusals = [
    [['session_start', '--component', 'c'], 1, "new session_start: $.shell_type is required: Shell class name (e.g., 'MahavishnuShell')"],
    [['session_start', '--component', 'c.d', '--shell', 's'], 1, 'new session_start: $.component_name must match pattern ^[a-zA-Z0-9_-]+$'],
    [['session_start', '--component', 'c', '--shell', 's', '--metadata', '[]'], 1, 'new session_start: $.metadata must be type object'],
    [['session_start', '--component', 'c', '--shell', 's', '--metadata', '{'], 2, 'new session_start: metadata is not JSON'],
    [['session_start', '--component', 'c', 'component_name=d', '--shell', 's'], 2,
        'new session_start: component_name is given twice, or lies within a value that is no object'],
    [['session_end'], 1, 'new session_end: $.session_id is required: Session ID from SessionStartEvent response'],
    [['session_end', '--shell', 's'], 2, 'new session_end: --shell is for session_start of session-events alone'],
    [['run.started', '--session', 's'], 2, 'new run.started: --session is for session_start and session_end of session-events alone'],
    [['session_start', '--metadata', '{}', '--contract', 'runtime-events'], 2,
        'new session_start: --metadata is for session_start and session_end of session-events alone'],
    [['--session', 's'], 2, 'new: --session says nothing without a type'],
    [['session_start'], 2, 'session_start: several contracts name this type; say --contract and one of runtime-events@1, session-events@1.0'],
    [['producer.gap'], 2, "steno@1: its events are steno's own; none that is made here could be recorded"],
    [['x', '--contract', 'steno'], 2, "steno@1: its events are steno's own; none that is made here could be recorded"],
    [['--contract', 'steno'], 2, "steno@1: its events are steno's own; none that is made here could be recorded"],
];

test('new says which options fit no event, what is missing, and whose events cannot be made', async () => {
    for (const [args, code, told] of refusals)
        assert.deepEqual(await run(['new', ...args]).then(({ code, out, err }) => ({ code, out, err })), { code, out: '', err: `steno: ${told}\n` });
});

test('new lists what can be made: of every contract but the reserved one', async () => {
    const contracts = new Set(lines((await run(['new'])).out).map((line) => line.split(' ')[0]));
    assert.deepEqual([...contracts].sort(), ['agent-event@v0', 'operations-events@v1', 'resource-events@1', 'runtime-events@1', 'session-events@1.0']);
});

test('a new event of resource-events is asked for what it is recognised by, and then is', async () => {
    const asked = await run(['new', 'budget_pause']);
    assert.equal(asked.code, 1);
    assert.match(asked.err, /: \$\.sequence or \$\.tick or \$\.event_number is required, by which resource-events@1 is recognised: The producer's own/);
    const made = await run(['new', 'budget_pause', 'sequence=7']);
    assert.equal(made.code, 0, made.err);
    const { timestamp, ...rest } = JSON.parse(made.out);
    assert.match(timestamp, /Z$/);
    assert.deepEqual(rest, { event_type: 'budget_pause', sequence: 7 });
    assert.equal((await run(['check'], { input: made.out })).code, 0);
});
