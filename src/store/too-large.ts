/** In the place of a value that is there, and larger than it was asked for. */
export const TOO_LARGE = Symbol.for('documee.too-large');
