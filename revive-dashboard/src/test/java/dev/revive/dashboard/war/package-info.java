// SPDX-License-Identifier: Apache-2.0
/** A web application that is put into a WAR. */
package dev.revive.dashboard.war;
