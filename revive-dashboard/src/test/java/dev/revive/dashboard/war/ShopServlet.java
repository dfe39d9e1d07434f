// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.war;

import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Workflow;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;

/** All of a web application: it runs a workflow on the embedded file, and says what came of it. */
public final class ShopServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Workflow<String, String> ORDER = Workflow.named("order", String.class, String.class);

    /** Made by the container. */
    public ShopServlet() {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try (JdbcStore store = JdbcStore.embedded(Path.of(getInitParameter("directory")));
                Revive revive = Revive.with(store)
                        .register(ORDER, (ctx, item) -> ctx.step("ship", String.class, () -> item + " shipped"))
                        .start()) {
            response.getWriter().print(revive.start(ORDER, "order-1", "book").result());
            response.getWriter()
                    .print(" by " + JdbcStore.class.getClassLoader().getClass().getSimpleName());
        }
    }
}
