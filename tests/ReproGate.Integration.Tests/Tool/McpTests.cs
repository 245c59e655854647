using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Tool;

/// <summary>The server of <c>reprogate mcp</c>, asked by the official package's own client.</summary>
public sealed class McpTests
{
    [Fact]
    public async Task A_client_lists_the_tools_reads_a_page_and_gets_findings()
    {
        using TestRepository repo = TestRepository.Create("mcp");
        repo.Project("App/App.csproj");
        repo.Write("App/Program.cs", "public static class Program { public static int Run() => 1; }");
        repo.Replace("App/App.csproj", "</Project>", "<PropertyGroup><Description>$([System.Environment]::GetEnvironmentVariable('ACME_LABEL'))</Description></PropertyGroup></Project>");
        repo.Solution("All.slnx", "App/App.csproj");
        repo.Lock("-p:ReproGateMachineEnabled=false");

        await using McpClient client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = "dotnet",
            Arguments = [Tool.Assembly, "mcp", repo.PathOf("All.slnx")],
            WorkingDirectory = repo.Root,
            EnvironmentVariables = TestEnvironment.Variables(repo.Packages, repo.Home),
        }));

        IList<McpClientTool> tools = await client.ListToolsAsync();
        Assert.Equal(["check", "configuration", "explain", "rules", "why"], tools.Select(static tool => tool.ProtocolTool.Name).Order(StringComparer.Ordinal));
        Assert.StartsWith("# RGATE4003: ", Text(await client.CallToolAsync("explain", new Dictionary<string, object?> { ["rule"] = "4003" })), StringComparison.Ordinal);
        string found = Text(await client.CallToolAsync("check"));
        Assert.Contains("\"id\":\"RGATE4003\"", found, StringComparison.Ordinal);
        Assert.Contains("\"file\":\"App/App.csproj\"", found, StringComparison.Ordinal);
        Assert.True((await client.CallToolAsync("why", new Dictionary<string, object?> { ["subject"] = "Acme.Unknown" })).IsError);
        Assert.True((await client.CallToolAsync("configuration")).IsError);
        CallToolResult outside = await client.CallToolAsync("check", new Dictionary<string, object?> { ["path"] = "../elsewhere.slnx" });
        Assert.True(outside.IsError);
    }

    private static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(static block => block.Text));
}
