// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the server itself refuses, before the console sees it: as bare as what the console refuses, and with the same headers. */
final class ErrorPages extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Guards.addHeaders(response.getHeaders()::put);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Json.PROBLEM_TYPE);
        response.write(true, ByteBuffer.wrap(problem(status)), callback);
        return true;
    }

    private static byte[] problem(int status) {
        return Json.problem(status, "Cannot answer", HttpStatus.getMessage(status));
    }
}
