import type { TextKey } from './english.ts';
import audits from './zh/audits.json' with { type: 'json' };
import batch from './zh/batch.json' with { type: 'json' };
import batches from './zh/batches.json' with { type: 'json' };
import checks from './zh/checks.json' with { type: 'json' };
import failures from './zh/failures.json' with { type: 'json' };
import fleet from './zh/fleet.json' with { type: 'json' };
import frame from './zh/frame.json' with { type: 'json' };
import help from './zh/help.json' with { type: 'json' };
import models from './zh/models.json' with { type: 'json' };
import photos from './zh/photos.json' with { type: 'json' };
import problems from './zh/problems.json' with { type: 'json' };
import profiles from './zh/profiles.json' with { type: 'json' };
import review from './zh/review.json' with { type: 'json' };
import sample from './zh/sample.json' with { type: 'json' };
import screen from './zh/screen.json' with { type: 'json' };
import settings from './zh/settings.json' with { type: 'json' };
import shared from './zh/shared.json' with { type: 'json' };
import submit from './zh/submit.json' with { type: 'json' };
import serverChecks from './zh-server/checks.json' with { type: 'json' };
import serverFailures from './zh-server/failures.json' with { type: 'json' };
import serverModel from './zh-server/model.json' with { type: 'json' };
import serverSubmission from './zh-server/submission.json' with { type: 'json' };
import serverTables from './zh-server/tables.json' with { type: 'json' };

/** Every text of the dashboard in Chinese. A key that is missing here is a type error. Loaded when somebody wants it. */
export const chinese: Record<TextKey, string> = {
  ...audits,
  ...batch,
  ...batches,
  ...checks,
  ...failures,
  ...fleet,
  ...frame,
  ...help,
  ...models,
  ...photos,
  ...problems,
  ...profiles,
  ...review,
  ...sample,
  ...screen,
  ...settings,
  ...shared,
  ...submit,
};

/** The server's sentences, by the English one (`say.ts` of the contract). `server-sentences.test.ts` finds those that are missing. */
export const serverChinese: Readonly<Record<string, string>> = {
  ...serverChecks,
  ...serverFailures,
  ...serverModel,
  ...serverSubmission,
  ...serverTables,
};
