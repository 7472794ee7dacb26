/** Events of one block: packed and unpacked together. */
export const BLOCK_EVENTS = 128;
/** Events of one segment of the index: a whole number of blocks, and of tiles. */
export const SEGMENT_EVENTS = 4_096;
export const SEGMENT_BLOCKS = SEGMENT_EVENTS / BLOCK_EVENTS;
/** 32-bit words of one bit for each event of a segment. */
export const SEGMENT_WORDS = SEGMENT_EVENTS / 32;
export const WORDS_OF_BLOCK = BLOCK_EVENTS / 32;

/** One bit for each event of a segment; the first event is bit 0 of word 0. */
export type SegmentBits = Uint32Array;

export const noBits = (): SegmentBits => new Uint32Array(SEGMENT_WORDS);
export const allBits = (): SegmentBits => new Uint32Array(SEGMENT_WORDS).fill(0xffff_ffff);

/** @returns the segment in which an event with this number lies, from 0 on */
export const segmentOf = (number: number): number => Math.floor((number - 1) / SEGMENT_EVENTS);
/** @returns number of the first event of a segment */
export const firstOf = (segment: number): number => segment * SEGMENT_EVENTS + 1;
