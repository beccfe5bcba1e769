/** A text in every language of the dashboard: English, Chinese. `{n}` and the like are filled in by `translate`. */
export type Words = Record<string, readonly [english: string, chinese: string]>;
