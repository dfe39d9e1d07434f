// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.config.JavalinState;
import io.javalin.http.servlet.JavalinServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** The console inside another container. Names no class of Jetty's, which may not be there. */
final class DashboardServlet extends HttpServlet {
    private final transient Console console;
    private final transient JavalinServlet javalin;

    DashboardServlet(Settings settings) {
        this.console = new Console(settings);
        JavalinState state = new JavalinState();
        JavalinState.applyUserConfig(state, console::configure);
        this.javalin = new JavalinServlet(state);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        javalin.handle(request, response);
    }

    @Override
    public void destroy() {
        console.close();
    }
}
