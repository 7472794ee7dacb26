import type { Facts, SubjectName, Subjects } from '#shared/domain/facts/facts.ts';

type ValueIn<S extends SubjectName> = Extract<Subjects[S], { state: 'seen' }>['value'];

/** A model of a node that can be changed: facts, and what lies in the files that a plan wrote. */
export interface Model {
  facts: Facts;
  /** Texts by path, as written by plans. */
  texts: Map<string, string>;
}

/** What was seen of a subject; a model has it, or the test asks for something that it cannot know. */
export function knownOf<S extends SubjectName>(model: Model, subject: S): ValueIn<S> {
  const observation = model.facts.subjects[subject];
  if (observation.state === 'unseen') throw new Error(`${subject} was not seen`);
  return observation.value as ValueIn<S>;
}

export function modelOf(facts: Facts): Model {
  return { facts: structuredClone(facts), texts: new Map() };
}
