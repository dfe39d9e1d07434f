// SPDX-License-Identifier: Apache-2.0
/**
 * The sources of every Java block in README.md and docs/, as tests that run, and the tests that hold the documentation to the code.
 * Read {@link dev.revive.tests.docs.DocsTests} first.
 */
@NullMarked
package dev.revive.tests.docs;

import org.jspecify.annotations.NullMarked;
