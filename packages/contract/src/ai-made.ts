/** Names of the local engine's renderings: nothing of such a picture was made by a generative model. */
const RENDERED = /^local(-packshot-\d+)?$/;

/** Whether a generative model made the picture, by the name of the model that its record holds. */
export function isAiMade({ model }: { model: string }): boolean {
  return !RENDERED.test(model);
}
