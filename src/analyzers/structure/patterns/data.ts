import type { FileFacts } from '../facts.js';
import { callSignal, decoratorSignal, importsAny, signalNames, type Detector } from './signal.js';

const PYTHON_ORM = /^(sqlalchemy|flask_sqlalchemy|sqlmodel|peewee|tortoise|mongoengine|django\.db)/;
const SCRIPT_ORM =
  /^(sequelize|sequelize-typescript|typeorm|mongoose|@mikro-orm\/|@nestjs\/(mongoose|sequelize)|objection)/;
/** Bases that say it by themselves, whatever is imported. */
const CLEAR_BASE = /^(models\.Model|db\.Model|DeclarativeBase|SQLModel)$/;
/** Bases that say it where an ORM is imported. */
const LIKELY_BASE = /^(\w+\.)?(Base|Model|Document|BaseEntity|SQLModel|DeclarativeBase|Base\w*Model)(<|$)/;

export const DATA_PATTERNS: readonly Detector[] = [
  {
    type: 'orm_model',
    signals: (facts) => {
      const usesOrm = importsAny(facts, facts.language === 'python' ? PYTHON_ORM : SCRIPT_ORM);
      return [
        signalNames(0.9, classesOn(facts, CLEAR_BASE), 'is a model:'),
        usesOrm ? signalNames(0.8, classesOn(facts, LIKELY_BASE, CLEAR_BASE), 'is a model:') : undefined,
        usesOrm ? callSignal(0.6, facts, /(^|\.)(Column|mapped_column|relationship|declarative_base)$/) : undefined,
        usesOrm ? decoratorSignal(0.9, facts, /^(Entity|Table|Schema)$/) : undefined,
        usesOrm ? callSignal(0.9, facts, /^(sequelize\.define|mongoose\.model|\w+\.init)$/) : undefined,
        usesOrm ? schemas(facts) : undefined,
      ];
    },
  },
];

function classesOn({ classes }: FileFacts, base: RegExp, except?: RegExp): { name: string; line: number }[] {
  return classes
    .filter(({ baseClasses }) => baseClasses.some((each) => base.test(each) && except?.test(each) !== true))
    .map(({ name, startLine }) => ({ name, line: startLine }));
}

function schemas({ news }: FileFacts): ReturnType<typeof signalNames> {
  return signalNames(
    0.8,
    news.filter(({ name }) => /^(mongoose\.)?(Schema|EntitySchema)$/.test(name)),
    'creates',
  );
}
