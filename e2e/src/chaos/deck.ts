import type { Random } from './random.ts';

/** Deals everything once, in an order of chance, before it deals anything again. */
export interface Deck<Card> {
  deal(): Card;
  /** Takes back a card that could not be played; it comes again once the others of this round have. */
  putBack(card: Card): void;
}

export function createDeck<Card>(cards: readonly Card[], random: Random): Deck<Card> {
  const left: Card[] = [];
  return {
    deal() {
      if (left.length === 0) left.push(...shuffled(cards, random));
      return left.pop() as Card;
    },
    // Below the others: what it needs may be there later.
    putBack: (card) => void left.unshift(card),
  };
}

function shuffled<Card>(cards: readonly Card[], random: Random): Card[] {
  const from = [...cards];
  const order: Card[] = [];
  while (from.length > 0) {
    const [card] = from.splice(Math.floor(random.between(0, from.length)), 1);
    if (card !== undefined) order.push(card);
  }
  return order;
}
