import { setupI18n } from '@lingui/core';
import batches from './en/batches.json' with { type: 'json' };
import fleet from './en/fleet.json' with { type: 'json' };
import frame from './en/frame.json' with { type: 'json' };
import problems from './en/problems.json' with { type: 'json' };
import shared from './en/shared.json' with { type: 'json' };
import type { TextKey } from './english.ts';

/**
 * The texts that have been loaded: in English those of the frame and of the list of batches, and of each page that has been
 * opened (`learnTexts`); in Chinese all, by `chooseLanguage`.
 */
export const messages = setupI18n({
  locale: 'en',
  messages: { en: { ...batches, ...fleet, ...frame, ...problems, ...shared } },
});

/** Takes the English texts of one part of the dashboard. The part that uses them does this, so that they come with its code. */
export function learnTexts(texts: Partial<Record<TextKey, string>>): void {
  messages.load('en', texts);
}
