// properties_known.mjs: what properties.mjs must be told of the contracts, as it does not follow from
// their rules alone. Each entry is still looked at: one that is no longer so fails the test.

const objects = (...names) => names.map((name) => `/$defs/${name}/type`);

// Events beside those of the types that a contract names: forms that state no type, and a type that
// nobody knows. `instead` is the name of a type that an event cannot state itself.
export const others = {
  'operations-events@v1': [
    ...['OverlayPrepared', 'EphemeralLayerDiscarded', 'VmLaunched', 'ShutdownRequested', 'CooperativeAttempted', 'CooperativeSucceeded',
      'CooperativeTimedOut', 'ShutdownEscalated', 'ShutdownComplete', 'Message', 'BootstrapPlanned', 'BootstrapStarted', 'BootstrapStep',
      'BootstrapCompleted', 'BootstrapFailed', 'CleanupProgress'].map((tag) => ({ event: { [tag]: {} } })),
    { event: { contract: 'castra-events' }, instead: 'contract' },
    { event: { type: 'tea.time' } },
  ],
  'resource-events@1': [{ event: { event_type: 'tea_time' } }],
  'runtime-events@1': [{ event: { type: 't' } }],
  'session-events@1.0': [{ event: { event_version: '1.0' } }, { event: { session_id: 's' } }],
};

// Rules that no event can break, as another stands before them: the value is asked to be an object,
// or the word to be this one, by what leads to the rule.
export const unbreakable = {
  'operations-events@v1': [
    ...objects('VmLifecycle', 'Usage', 'Command', 'Summary', 'Preamble', 'Tagged'),
    '/$defs/Preamble/required/contract', '/$defs/Preamble/properties/contract/const',
  ],
  'runtime-events@1': objects('message_usage', 'failure_context', 'cognitive_usage', 'cognitive_budget'),
  'session-events@1.0': [
    ...objects('SessionStartEvent', 'SessionEndEvent'),
    ...['Start', 'End'].flatMap((which) => ['type', 'const'].map((keyword) => `/$defs/Session${which}Event/properties/event_type/${keyword}`)),
  ],
  'steno@1': objects('BudgetThresholdHit', 'AlertEmitted', 'ProducerGap', 'ProducerGapClosed', 'ProducerRepeat', 'ProducerUntold',
    'RetentionClosed', 'RetentionSet', 'ErasurePerformed', 'ContractAdded', 'ContractModeChanged', 'QuarantineReleased', 'QuarantineDropped',
    'TokenAdded', 'TokenRevoked', 'BudgetSet', 'BudgetRemoved'),
};

// Limits, words and kinds that no valid event can meet, as a pattern beside them asks for more.
export const unmet = {
  'steno@1': ['ContractAdded', 'QuarantineReleased', 'QuarantineDropped'].map((name) => `/$defs/${name}/properties/sha256/minLength`),
};

function hasNumber(value, is) {
  if (typeof value === 'number') return is(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => hasNumber(one, is));
}

// Where @sourcemeta/jsonschema says otherwise than the standard: `says` is its word ('1' valid, '0'
// invalid, 'X' it ends with an error), `when` picks the events. Each is still met, or the test fails.
export const differsFromSourcemeta = [
  { name: 'a number past 2^63 where an integer is asked for ends --fast: "does not fit in a 64-bit integer"',
    reason: 'V 6.1.1: an integer of any size', says: 'X', fastOnly: true,
    when: (text) => hasNumber(JSON.parse(text), (n) => Math.abs(n) >= 2 ** 63) },
];
