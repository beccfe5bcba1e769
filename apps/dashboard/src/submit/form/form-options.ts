/** Options of the form, as they are typed. */
export interface FormOptions {
  name: string;
  profile: string;
  main: boolean;
  mainPrompt: string;
  extraPrompt: string;
  kinds: string[];
  secondaryPrompt: string;
  language: 'en' | 'zh';
  /** By its alias; empty: the default one. */
  model: string;
  lane: 'interactive' | 'economy';
  /** Of the economy lane, as the field has it: the local time; empty: a day from now. */
  deadline: string;
  /** Aliases in order, where there is more than one: then they stand instead of `model`. */
  models: string[];
  budgetUsd: string;
  /** How many SKUs are made first; empty: all at once. */
  sample: string;
  /** Models that each make the sample. */
  compare: string[];
  webhookUrl: string;
  concurrency: string;
  /** Another size than the profile's. */
  ownOutput: boolean;
  width: string;
  height: string;
  format: string;
}

export const FIRST_OPTIONS: FormOptions = {
  name: '',
  profile: 'web',
  main: true,
  mainPrompt: '',
  extraPrompt: '',
  kinds: [],
  secondaryPrompt: '',
  language: 'en',
  model: '',
  lane: 'interactive',
  deadline: '',
  models: [],
  budgetUsd: '',
  sample: '',
  compare: [],
  webhookUrl: '',
  concurrency: '',
  ownOutput: false,
  width: '1600',
  height: '1600',
  format: 'jpeg',
};

/** The options as fields of a JSON request. What is left empty is left out. */
export function toBody(options: FormOptions): Record<string, unknown> {
  const { main, mainPrompt, extraPrompt, kinds, secondaryPrompt, ownOutput } = options;
  const words = defined({ prompt: mainPrompt, extraPrompt });
  const moreWords = defined({ prompt: secondaryPrompt, extraPrompt });
  return {
    ...defined({
      name: options.name,
      profile: options.profile,
      model: options.models.length > 0 ? '' : options.model,
      webhookUrl: options.webhookUrl,
    }),
    main: main && Object.keys(words).length > 0 ? words : main,
    secondary: kinds.length > 0 && { kinds, ...moreWords },
    language: options.language,
    ...laneOf(options),
    ...(options.models.length > 0 && { models: options.models }),
    ...number('budgetUsd', options.budgetUsd),
    ...number('sample', options.sample),
    ...(isCompared(options) && { compare: options.compare }),
    ...number('concurrency', options.concurrency),
    ...(ownOutput && {
      output: {
        ...number('width', options.width),
        ...number('height', options.height),
        format: options.format,
      },
    }),
  };
}

/** The options as the query of a request whose body is a table. */
export function toQuery(options: FormOptions): URLSearchParams {
  const { main, mainPrompt, extraPrompt, kinds, ownOutput, width, height, format } = options;
  return new URLSearchParams({
    ...defined({
      name: options.name,
      profile: options.profile,
      model: options.models.length > 0 ? '' : options.model,
      webhookUrl: options.webhookUrl,
    }),
    main: String(main),
    ...(main && defined({ prompt: mainPrompt, extraPrompt })),
    secondary: kinds.length > 0 ? kinds.join(',') : 'false',
    language: options.language,
    ...laneOf(options),
    ...defined({ models: options.models.join(',') }),
    ...defined({
      budgetUsd: options.budgetUsd,
      sample: options.sample,
      concurrency: options.concurrency,
    }),
    ...(isCompared(options) && { compare: options.compare.join(',') }),
    ...(ownOutput && defined({ width, height, format })),
  });
}

/** The field knows no time zone: it means the one of the person. */
function laneOf({ lane, deadline }: FormOptions): Record<string, string> {
  if (lane === 'interactive') return {};
  const at = new Date(deadline);
  const isGiven = deadline !== '' && !Number.isNaN(at.getTime());
  return { lane, ...(isGiven && { deadline: at.toISOString() }) };
}

/** Models are compared by a sample, which the form asks for first. */
function isCompared({ sample, compare }: FormOptions): boolean {
  return sample.trim() !== '' && compare.length > 1;
}

function defined(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])),
  );
}

/** What is not a number goes as it is: the server says so beside the field. */
function number(name: string, text: string): Record<string, unknown> {
  const plain = text.trim();
  if (plain === '') return {};
  return { [name]: Number.isNaN(Number(plain)) ? plain : Number(plain) };
}
