/** How picture and photo stand: beside each other, or one over the other with a slider between. */
export type ScreenView = 'sides' | 'slider';

const SLOT = 'image-studio.screen-view';
/** Two pictures beside each other are worth looking at from this width on. */
const WIDE_PX = 760;

/** As chosen before, else what the window has room for. */
export function screenView(): ScreenView {
  const chosen = localStorage.getItem(SLOT);
  if (chosen === 'sides' || chosen === 'slider') return chosen;
  return innerWidth >= WIDE_PX ? 'sides' : 'slider';
}

export function rememberScreenView(view: ScreenView): void {
  localStorage.setItem(SLOT, view);
}
