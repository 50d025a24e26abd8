/** Ten dependencies a file of the bench tree: six files beside it, three paths that are not there, one that is. */
const FILES_PER_FOLDER = 25;

export default {
  id: 'depending',
  version: '1',
  include: ['**/*.ts'],
  analyze(file, context) {
    const [, folder, number] = /^(.*)\/file(\d+)\.ts$/.exec(file.path) ?? [];
    if (folder === undefined) return null;
    const own = Number(number);
    const first = own - (own % FILES_PER_FOLDER);
    let bytes = file.bytes.length;
    for (let step = 1; step <= 6; step++) {
      const beside = first + ((own - first + step) % FILES_PER_FOLDER);
      bytes += context.read(`${folder}/file${beside}.ts`)?.length ?? 0;
    }
    for (const ending of ['d.ts', 'tsx', 'mts']) context.exists(`${folder}/file${own}.${ending}`);
    context.exists('.gitignore');
    return { bytes };
  },
};
