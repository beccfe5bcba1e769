/** What to make a batch of: all that a profile refuses, or what fails one rule of it. */
export interface Wanted {
  profile: string;
  rule?: string;
}
