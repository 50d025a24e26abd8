import { expect } from 'chai';
import { PATTERN_TYPES, type PatternType } from '../../../src/analyzers/structure/result.js';
import { analyze, patternOf } from './support/analyze.js';

/** Code that shows a pattern, and the lines where. */
const SHOWS: readonly (readonly [
  type: PatternType,
  ending: string,
  code: readonly string[],
  lines: readonly number[],
])[] = [
  ['context_manager', 'py', ['with open(x) as f:', '    pass'], [1]],
  ['context_manager', 'py', ['class A:', '    def __enter__(self): pass', '    def __exit__(self, *a): pass'], [1]],
  ['decorator', 'py', ['@cache', 'def f(): pass'], [1]],
  ['generator', 'py', ['def f():', '    yield 1'], [1, 2]],
  ['generator', 'js', ['function* f() {', '  yield 1;', '}'], [1, 2]],
  ['async', 'ts', ['const f = async () => {', '  await g();', '};'], [1, 2]],
  ['comprehension', 'py', ['x = [a for a in b]'], [1]],
  [
    'react_component',
    'tsx',
    ["import React from 'react';", 'export const Button = () => <b>{list.map((x) => <i />)}</b>;'],
    [2],
  ],
  ['react_component', 'jsx', ['class A extends React.Component {}'], [1]],
  ['react_hook', 'jsx', ["import { useState } from 'react';", 'const [a, b] = useState(0);'], [2]],
  ['api_route', 'py', ["@app.route('/users')", 'def users(): pass'], [1]],
  ['api_route', 'py', ["@router.get('/x')", 'async def x(): pass'], [1]],
  ['api_route', 'py', ['from django.urls import path', "urlpatterns = [path('x/', view)]"], [2]],
  ['api_route', 'js', ["app.get('/users', (req, res) => {});"], [1]],
  ['api_route', 'ts', ["import { Get } from '@nestjs/common';", 'class A {', "  @Get('x') find() {}", '}'], [3]],
  ['orm_model', 'py', ['class User(db.Model): pass'], [1]],
  ['orm_model', 'py', ['from django.db import models', 'class User(models.Model): pass'], [2]],
  ['orm_model', 'ts', ["import { Entity } from 'typeorm';", '@Entity()', 'export class User {}'], [2]],
  ['orm_model', 'js', ["const { Model } = require('sequelize');", 'class User extends Model {}'], [2]],
  ['orm_model', 'js', ["import mongoose from 'mongoose';", 'const s = new mongoose.Schema({});'], [2]],
  ['session_auth', 'js', ["const session = require('express-session');", 'req.session.user = 1;'], [1, 2]],
  ['session_auth', 'py', ['from flask_login import login_user', 'login_user(u)'], [1, 2]],
  ['jwt_auth', 'js', ["import jwt from 'jsonwebtoken';", 'jwt.verify(token, key);'], [1, 2]],
  ['jwt_auth', 'py', ['import jwt', 'jwt.encode({}, key)'], [1, 2]],
  ['oauth', 'py', ['from requests_oauthlib import OAuth2Session', 'OAuth2Session(client)'], [1, 2]],
  ['oauth', 'ts', ["import { Strategy } from 'passport-google-oauth20';"], [1]],
  ['singleton', 'py', ['class A:', '    _instance = None', '    def __new__(cls): return cls._instance'], [1]],
  [
    'singleton',
    'ts',
    ['class A {', '  static #instance: A;', '  static getInstance() { return A.#instance; }', '}'],
    [1],
  ],
  ['factory', 'ts', ['function createUser() {', '  return new User();', '}'], [1]],
  ['factory', 'py', ['def make_user():', '    return User()'], [1]],
  ['observer', 'ts', ['class A {', '  subscribe(f) {}', '  notify() {}', '}'], [1]],
  ['observer', 'js', ["import { EventEmitter } from 'node:events';", 'class A extends EventEmitter {}'], [1, 2]],
  ['error_handling', 'py', ['try:', '    f()', 'except ValueError:', '    raise'], [3, 4]],
  ['error_handling', 'ts', ['try { f(); } catch { throw e; }'], [1]],
];

describe('patterns', () => {
  for (const [type, ending, code, lines] of SHOWS)
    it(`${type} is found in ${ending}: ${code.join(' ').slice(0, 60)}`, async () => {
      const pattern = patternOf(await analyze(ending, ...code), type);
      expect(pattern?.lines).to.deep.equal(lines);
      expect(pattern?.confidence).to.be.within(0.3, 1);
      expect(pattern?.evidence).to.not.be.empty;
    });

  it('names alone are no React and no RxJS', async () => {
    const python = await analyze('py', 'class A(Component): pass');
    const script = await analyze('ts', 'useContainer(x);', 'const s = new Subject();', 'class A extends Component {}');
    expect([...python.patterns, ...script.patterns]).to.deep.equal([]);
  });

  it('a hook made of hooks is one without an import of React', async () => {
    const result = await analyze('ts', "import { useB } from './b';", 'export const useA = () => useB();');
    expect(patternOf(result, 'react_hook')?.evidence).to.deep.equal(['defines the hook useA']);
  });

  it('every type has an example here', () => {
    expect(new Set(SHOWS.map(([type]) => type))).to.deep.equal(new Set(PATTERN_TYPES));
  });

  it('words in comments and strings are no evidence', async () => {
    const words =
      'req.session jwt.verify(token) useState() class A extends EventEmitter with open try catch yield await';
    expect((await analyze('ts', `// ${words}`, `const text = '${words}';`)).patterns).to.deep.equal([]);
    expect((await analyze('py', `# ${words}`, `text = "${words} session[1]"`)).patterns).to.deep.equal([]);
  });

  it('more evidence makes more confidence', async () => {
    const [one, two] = await Promise.all([
      analyze('js', "import jwt from 'jsonwebtoken';"),
      analyze('js', "import jwt from 'jsonwebtoken';", 'jwt.sign({}, key);'),
    ]);
    expect(patternOf(two, 'jwt_auth')!.confidence).to.be.above(patternOf(one, 'jwt_auth')!.confidence);
  });
});
