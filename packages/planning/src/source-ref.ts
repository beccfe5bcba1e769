/** A photo that the client named. `stem` is `name` without its extension. */
export interface SourceRef {
  url: string;
  name: string;
  stem: string;
}
