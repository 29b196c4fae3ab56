// documents.mjs: no example of the source documents is lost from the case tables.
//
//     node documents.mjs CASES…
//
// A case that stands in a document, or follows from what the document says there, has a member
// "document": "file, part". What each says of the event is held by cases.c; here they are counted.
import { readFileSync } from 'node:fs';

const EXAMPLES = {
  'BOOTSTRAP.md': {
    sample: 1,
  },
  'adr-0020-event-schema-contract.md': {
    'section 1': 4, 'section 2': 3, 'section 4': 1, 'section 5': 3,
  },
  'agent-event-v0-decision.md': {
    'Decisions': 5, 'Work Log': 8,
  },
  'event-contract-v1.md': {
    'Versioning And Compatibility': 2, 'bootstrap.*': 7, cleanup: 2, command: 4, message: 5, summary: 1,
    usage: 1, 'vm.lifecycle': 9,
  },
  'event-schema-reference.md': {
    'Creating SessionEndEvent': 2, 'Creating SessionStartEvent': 2, 'Include Useful Metadata': 1,
    'Manual Event Creation': 1, 'Quick Start': 2, 'Safe Validation with Error Handling': 1,
    'Sending Events to Session-Buddy': 2, 'Test Event Creation': 1, 'Test JSON Validation': 1,
    'Troubleshooting': 9, 'Validate JSON Dictionary': 1, 'Validate JSON String': 1,
  },
  'runtime-events-reference.md': {
    checkpoint: 2, context_arena_floor_unmet_recovered: 2, context_arena_floor_unmet_unrecoverable: 2,
    context_arena_slo_enforced: 4, context_arena_zone_adapted: 2, context_external_recall_injected: 2,
    context_external_recall_skipped: 8, 'context_injected and context_injection_dropped': 4,
    exec_blocked_isolation: 2, exec_fallback_host: 2, exec_routed: 2, exec_sandbox_error: 2,
    memory_global_sync: 2, memory_recall_query_expanded: 2, schedule_intent: 5, task_event: 7,
    tool_parallel_read: 1, truth_event: 2, turn_wal_recovery_completed: 2, turn_wal_status_changed: 2,
    verification_outcome_recorded: 1, 'viewport_* and cognitive_*': 5,
  },
};

const found = {};
for (const table of process.argv.slice(2))
  for (const line of readFileSync(table, 'utf8').split('\n').filter(Boolean)) {
    const { document } = JSON.parse(line);
    if (document === undefined) continue;
    const [file, part] = document.split(/, (.*)/s);
    found[file] ??= {};
    found[file][part] = (found[file][part] ?? 0) + 1;
  }

let wrong = 0;
for (const file of new Set([...Object.keys(EXAMPLES), ...Object.keys(found)])) {
  const [expected, there] = [EXAMPLES[file] ?? {}, found[file] ?? {}];
  for (const part of new Set([...Object.keys(expected), ...Object.keys(there)])) {
    if (expected[part] === there[part]) continue;
    wrong++;
    console.log(`not ok - ${file}, ${part}: ${there[part] ?? 0} cases, not ${expected[part] ?? 0}`);
  }
  console.log(`${file}: ${Object.values(there).reduce((sum, count) => sum + count, 0)} cases`);
}
process.exit(wrong > 0 ? 1 : 0);
