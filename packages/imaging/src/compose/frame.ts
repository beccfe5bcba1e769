/** The frame that a product is placed in. Shares are of the frame's sides. */
export interface Frame {
  width: number;
  height: number;
  /** Share that the product's box takes of the side it fills first. */
  fill: number;
  /** Least such share; a shadow that leaves less is dropped. */
  minFill: number;
  /** Share that nothing, not even a shadow, may exceed. */
  maxReach: number;
  /**
   * Leave a picture whole whose "product" runs from one edge to the opposite one: in a photo that is a shelf, a floor
   * or the joints of a table, unless it stands on white. A model's reply may well show a belt.
   */
  refuseSpanning?: boolean;
  /** Clear the picture's own shadow whole: for photos; a model's soft ones are worth keeping. */
  dropShadow?: boolean;
  /** Take a picture that already is the wanted packshot as it is, instead of cutting it out anew. */
  takeClean?: boolean;
}
