'use strict';
/*
 * Where every program of Playhead begins, written in what any Node can read: under one that is too
 * old it says so before anything is loaded that needs more. `node launch.cjs` does that alone, and
 * looks for the packages; with a program, it looks for its build and runs it.
 */

/** Exit statuses of sysexits.h. */
var EX_UNAVAILABLE = 69;
var EX_CONFIG = 78;
var OWNER_ONLY = parseInt('077', 8);
/** How many files a server may want to have open at a time, at the least. */
var OPEN_FILES_MIN = 1024;
/** With fewer it may not even start, and what fails then need not say why. */
var OPEN_FILES_TO_START = 128;
var TOO_FEW_FILES =
  'too many files are open: let this process have ' + OPEN_FILES_MIN + ' or more (ulimit -n)';

/** The one place that says which Node is new enough. */
var floor = /\d+(\.\d+)*/.exec(require('./package.json').engines.node)[0];

function end(message, status) {
  process.stderr.write('playhead: ' + message + '\n');
  process.exit(status);
}

function isOlder(version, other) {
  var parts = version.split('.');
  var others = other.split('.');
  for (var i = 0; i < others.length; i += 1) {
    var difference = Number(parts[i]) - Number(others[i]);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

if (isOlder(process.versions.node, floor)) {
  end(
    'this is Node.js ' +
      process.versions.node +
      ', and Playhead needs ' +
      floor +
      ' or newer: ' +
      'install a newer one (https://nodejs.org)',
    EX_CONFIG,
  );
}

/** How many files this process may have open, undefined where the system does not say. */
function openFilesMax() {
  try {
    var limits = require('fs').readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+|unlimited)/m.exec(limits)[1]) || undefined;
  } catch (error) {
    // Only Linux has that file. Elsewhere to ask takes some hundredths of a second.
    if (error.code !== 'ENOENT') return undefined;
    var report = process.report.getReport().userLimits || {};
    return Number((report.open_files || {}).soft) || undefined;
  }
}

/** Why a program could not be loaded, or what it did not catch itself. */
function fail(error) {
  var isObject = typeof error === 'object' && error !== null;
  var code = isObject ? error.code : undefined;
  var message = String((isObject && error.message) || error).split('\n')[0];
  var isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  // Without descriptors the loader does not find what is there.
  if (code === 'EMFILE' || code === 'ENFILE' || (isMissing && openFilesMax() < OPEN_FILES_MIN)) {
    message = TOO_FEW_FILES;
  } else if (isMissing) {
    message = 'a part of it is missing: run npm ci, then npm run build (' + message + ')';
  }
  end(message, EX_UNAVAILABLE);
}

/**
 * Runs a program, which `load` imports. Until that has run through, whatever it throws ends in one
 * line. What it writes is for its owner alone, and what Node warns of is the program's to tell.
 */
module.exports = function launch(load) {
  process.umask(OWNER_ONLY);
  process.removeAllListeners('warning');
  process.env.NODE_NO_WARNINGS = '1'; // for the threads, which begin with this environment
  process.on('uncaughtException', fail);
  if (openFilesMax() < OPEN_FILES_TO_START) end(TOO_FEW_FILES, EX_UNAVAILABLE);
  load().then(function () {
    process.removeListener('uncaughtException', fail);
  }, fail);
};

/** What is called by the scripts of package.json, in a clone that may be new. */
function begin(program) {
  var fs = require('fs');
  if (!fs.existsSync(__dirname + '/node_modules/@nestjs')) {
    end('its packages are not installed: run npm ci', EX_UNAVAILABLE);
  }
  if (program === undefined) return;
  var path = require('path').resolve(__dirname, program);
  if (!fs.existsSync(path)) end('it is not built: run npm run build', EX_UNAVAILABLE);
  // From here on as if it had been called itself.
  process.argv.splice(1, 2, path);
  import(require('url').pathToFileURL(path).href);
}

if (require.main === module) begin(process.argv[2]);
