import { expect } from 'chai';
import type { Dependency } from '../../src/model/dependency.js';
import type { JsonValue } from '../../src/model/json.js';
import { firstDifference } from '../../src/session/compare-answers.js';

const pointer = (a: JsonValue, b: JsonValue): string | undefined =>
  firstDifference({ result: a, surface: null, dependencies: [] }, { result: b, surface: null, dependencies: [] })
    ?.pointer;

describe('the first difference of two answers', () => {
  it('is named by a JSON pointer into the record', () => {
    expect(pointer({ a: [1, { 'x/y~z': 1 }] }, { a: [1, { 'x/y~z': 2 }] })).to.equal('/result/a/1/x~1y~0z');
    expect(pointer([1], [1, 2])).to.equal('/result/1');
    expect(pointer({ b: 1, a: 1 }, { b: 2, a: 2 })).to.equal('/result/a');
    expect(pointer({ a: 1 }, { b: 1 })).to.equal('/result/a');
    expect(pointer([], {})).to.equal('/result');
    expect(pointer(1, '1')).to.equal('/result');
    expect(pointer(JSON.parse('{"__proto__":1}') as JsonValue, {})).to.equal('/result/__proto__');
  });

  it('is none where only the order of properties or of dependencies differs', () => {
    expect(pointer({ a: 1, b: 2 }, { b: 2, a: 1 })).to.equal(undefined);
    const [x, y]: Dependency[] = [
      { kind: 'absent', path: 'x' },
      { kind: 'exists', path: 'y' },
    ];
    const answer = (dependencies: readonly Dependency[]): Parameters<typeof firstDifference>[0] => ({
      ...{ result: 1, surface: null, dependencies },
    });
    expect(
      firstDifference(answer([x as Dependency, y as Dependency]), answer([y as Dependency, x as Dependency])),
    ).to.equal(undefined);
    expect(firstDifference(answer([x as Dependency]), answer([x as Dependency, y as Dependency]))).to.deep.equal({
      ...{ pointer: '/dependencies/-', old: null, new: '{"kind":"exists","path":"y"}' },
    });
  });

  it('shows long values cut', () => {
    const { old } = firstDifference(
      { result: 'x'.repeat(1000), surface: null, dependencies: [] },
      { result: 1, surface: null, dependencies: [] },
    ) ?? { old: '' };
    expect(old).to.have.length(201);
  });
});
