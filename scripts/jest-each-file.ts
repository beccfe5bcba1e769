import { expectNothingOpen, openHandles } from '../packages/testkit/src/open-handles.ts';

/**
 * Runs before every test file and leaves behind what runs after it. An `afterAll` here would come before those of the
 * file itself, which close what it opened; so jest-environment.js calls this when all of them are done.
 */
const before = openHandles();
const { openTimers } = globalThis as unknown as { openTimers?: () => string[] };
Object.assign(globalThis, { afterThisFile: () => expectNothingOpen(before, openTimers) });
