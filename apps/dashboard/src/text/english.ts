import audits from './en/audits.json' with { type: 'json' };
import batch from './en/batch.json' with { type: 'json' };
import batches from './en/batches.json' with { type: 'json' };
import checks from './en/checks.json' with { type: 'json' };
import failures from './en/failures.json' with { type: 'json' };
import fleet from './en/fleet.json' with { type: 'json' };
import frame from './en/frame.json' with { type: 'json' };
import help from './en/help.json' with { type: 'json' };
import models from './en/models.json' with { type: 'json' };
import photos from './en/photos.json' with { type: 'json' };
import problems from './en/problems.json' with { type: 'json' };
import profiles from './en/profiles.json' with { type: 'json' };
import review from './en/review.json' with { type: 'json' };
import sample from './en/sample.json' with { type: 'json' };
import screen from './en/screen.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import shared from './en/shared.json' with { type: 'json' };
import submit from './en/submit.json' with { type: 'json' };

/** Every text of the dashboard in English: ICU messages by key. `chinese.ts` has the same keys. */
export const english = {
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

export type TextKey = keyof typeof english;
