import { describe, expect, it } from 'vitest';
import { GLOSSARY } from './catalogue/glossary.ts';
import { CHECK_CATALOGUE, catalogueEntry } from './check-catalogue.ts';
import { CHECK_IDS, CHECKLIST } from './check-id.ts';

/** Words that promise too much, and marks that shout (the look, "Tone" and "To avoid"). */
const AVOIDED = /!|\b(secure[ds]?|securely|protected|tamper-proof)\b/i;

describe('the catalogue of checks', () => {
  it('has exactly one entry for every check', () => {
    expect(CHECK_CATALOGUE.map((entry) => entry.id).toSorted()).toEqual([...CHECK_IDS].toSorted());
  });

  it.each(CHECK_IDS)('%s has every text, in the tone of the house', (id) => {
    const entry = catalogueEntry(id);
    expect(entry.title).toMatch(/^[A-Z][A-Za-z -]{2,40}$/);
    expect(entry.question).toMatch(/^[A-Z].{10,120}\?$/);
    expect(entry.why).toMatch(/^([A-Z]|mycoSwarm).{30,400}\.$/);
    expect(entry.story).toMatch(/^([A-Z]|mycoSwarm).{60,500}\.$/);
    const { ifItGoesWrong, lackingBecause } = entry;
    for (const text of [entry.title, entry.question, entry.why, entry.story, ifItGoesWrong, lackingBecause]) {
      expect(text ?? '').not.toMatch(AVOIDED);
      expect(text ?? '').not.toMatch(/unseen|could not be seen/);
    }
    if (!entry.lacking) expect(ifItGoesWrong).toMatch(/^([A-Z]|mycoSwarm).{60,400}\.$/);
    expect(entry.lacking).toBe(entry.availableSince === null);
    if (entry.lackingBecause !== null)
      expect(entry.lackingBecause).toMatch(/^This version cannot check this yet: /);
  });

  it('says something of its own for each check that goes wrong', () => {
    const texts = CHECK_CATALOGUE.flatMap((entry) => entry.ifItGoesWrong ?? []);
    expect(new Set(texts).size).toBe(texts.length);
    const openings = texts.map((text) => text.split(/[.:;]/)[0]);
    expect(new Set(openings).size).toBe(texts.length);
  });

  it('numbers the hardening checklist from 1 to 11', () => {
    expect(CHECKLIST.map((id) => catalogueEntry(id).checklistItem)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    expect(CHECK_CATALOGUE.filter((entry) => entry.checklistItem !== null)).toHaveLength(11);
  });

  it('explains every word of the glossary in one plain sentence or two', () => {
    for (const { word, meaning } of Object.values(GLOSSARY)) {
      expect(word.length).toBeGreaterThan(1);
      expect(meaning).toMatch(/^[A-Z].{20,200}\.$/);
      expect(meaning).not.toMatch(AVOIDED);
    }
  });

  it('uses every word of the glossary somewhere', () => {
    const used = new Set(CHECK_CATALOGUE.flatMap((entry) => entry.terms));
    expect(Object.keys(GLOSSARY).filter((term) => !used.has(term as keyof typeof GLOSSARY))).toEqual([]);
  });
});
