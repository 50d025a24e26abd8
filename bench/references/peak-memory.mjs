// Loaded with --import: writes the peak resident memory of the process, in kB, when it ends.
import fs from 'node:fs';

process.on('exit', () => {
  const { BENCH_PEAK_MEMORY_FILE: file } = process.env;
  if (file !== undefined) fs.writeFileSync(file, String(process.resourceUsage().maxRSS));
});
