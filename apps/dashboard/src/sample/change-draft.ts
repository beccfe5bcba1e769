import type { SampleChange } from '@image-studio/contract';

/** What the dialog shows of how a batch is made; words of pictures that it does not make are left out. */
export interface ChangeDraft {
  extraPrompt: string;
  mainPrompt?: string;
  secondaryPrompt?: string;
  /** Empty: one of its own, which stays. */
  profile: string;
  /** Empty: the default one. */
  model: string;
}

interface Words {
  prompt?: string;
  extraPrompt?: string;
}

/** The draft of the options that a batch is made with. */
export function draftOfOptions(options: Record<string, unknown>): ChangeDraft {
  const { main, secondary, profile, model } = options as {
    main?: boolean | Words;
    secondary?: false | Words;
    profile?: unknown;
    model?: string;
  };
  const mainWords: Words = typeof main === 'object' ? main : {};
  return {
    extraPrompt: mainWords.extraPrompt ?? (secondary ? (secondary.extraPrompt ?? '') : ''),
    ...(main !== false && { mainPrompt: mainWords.prompt ?? '' }),
    ...(secondary && { secondaryPrompt: secondary.prompt ?? '' }),
    profile: typeof profile === 'string' ? profile : '',
    model: model ?? '',
  };
}

/** Of the draft what is another now, as the API takes it; what was emptied is `null`. */
export function changeOf(before: ChangeDraft, after: ChangeDraft): Omit<SampleChange, 'apply'> {
  const other = (name: keyof ChangeDraft): string | null | undefined => {
    const text = after[name]?.trim() ?? '';
    if (after[name] === undefined || text === (before[name]?.trim() ?? '')) return undefined;
    return text === '' ? null : text;
  };
  const extraPrompt = other('extraPrompt');
  const main = wordsOf(other('mainPrompt'), after.mainPrompt === undefined ? undefined : extraPrompt);
  const secondary = wordsOf(
    other('secondaryPrompt'),
    after.secondaryPrompt === undefined ? undefined : extraPrompt,
  );
  const profile = other('profile');
  const model = other('model');
  return {
    ...(main && { main }),
    ...(secondary && { secondary }),
    ...(profile && { profile }),
    ...(model !== undefined && { model }),
  };
}

function wordsOf(prompt: string | null | undefined, extraPrompt: string | null | undefined) {
  const words = {
    ...(prompt !== undefined && { prompt }),
    ...(extraPrompt !== undefined && { extraPrompt }),
  };
  return Object.keys(words).length === 0 ? null : words;
}
