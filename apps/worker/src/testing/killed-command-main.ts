/**
 * For tests: a process of the API's side that gives one command, and kills itself (-9) right behind the step that carried it out: whoever asked
 * gets no answer. Argument: `KilledCommand` as JSON.
 */
import type { BatchPlan } from '@image-studio/contract';
import { createStudioApi, type StudioApi } from '@image-studio/queue';
import { eventually } from '@image-studio/testkit';
import { killAt, scriptOf } from './kill-at.ts';
import { takeWinner } from './take-winner.ts';

export interface KilledCommand {
  redisUrl: string;
  prefix: string;
  command:
    | { name: 'submit'; submission: Parameters<StudioApi['submit']>[0] }
    | { name: 'choose'; id: string; index: number; model: string }
    | { name: 'winner'; id: string; plan: BatchPlan; model: string }
    | { name: 'resume'; id: string };
}

const { redisUrl, prefix, command } = JSON.parse(process.argv[2] ?? '') as KilledCommand;

killAt(
  () => false,
  (sent, answer) => {
    const { keys, rest } = scriptOf(sent);
    const [batch = '', enqueueing = ''] = keys;
    const isDone = Number(answer) === 1;
    switch (command.name) {
      case 'submit':
        return Array.isArray(answer) && answer[0] === 'created';
      case 'choose':
        return keys.length === 1 && batch.endsWith(command.id) && rest.length === 3 && isDone;
      case 'winner':
        return enqueueing.endsWith(':enqueueing') && batch.endsWith(command.id) && rest.length >= 7 && isDone;
      case 'resume':
        return (
          enqueueing.endsWith(':enqueueing') && batch.endsWith(command.id) && rest.length === 1 && isDone
        );
    }
  },
);

const log = { info() {}, warn() {} };
const api = createStudioApi({ redisUrl, prefix, quota: { model: 'any', callsPerMinute: 6000 }, log });
await eventually(() => api.queueCounts());
await give();

function give(): Promise<unknown> {
  switch (command.name) {
    case 'submit':
      return api.submit(command.submission);
    case 'choose':
      return api.chooseSide(command.id, command.index, command.model);
    case 'winner':
      return api.changeSample(command.id, takeWinner(command));
    case 'resume':
      return api.resume(command.id);
  }
}
