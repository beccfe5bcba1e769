/** Everything a card of the gallery may be asked to do; the same object for the life of the page. */
export interface CardActions {
  press(position: number, event: MouseEvent): void;
  mark(position: number, event: MouseEvent): void;
  /** A cell has got the focus, by whatever means: the keys are about it from now on. */
  focus(position: number): void;
}
