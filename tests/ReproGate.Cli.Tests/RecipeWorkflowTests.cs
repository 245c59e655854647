using System.Text.Json;
using System.Text.RegularExpressions;
using ReproGate.Cli.Jobs;
using ReproGate.CleanRoom.Jobs;
using YamlDotNet.RepresentationModel;

namespace ReproGate.Cli.Tests;

/// <summary>The workflow of the recipe is one that GitHub takes, and uses what the tool prints.</summary>
public sealed partial class RecipeWorkflowTests
{
    // Source: docs.github.com, "Workflow syntax for GitHub Actions".
    private static readonly string[] WorkflowKeys = ["name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"];
    private static readonly string[] JobKeys = ["name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs", "env", "defaults", "steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services"];
    private static readonly string[] StepKeys = ["id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env", "continue-on-error", "timeout-minutes"];

    private static readonly YamlMappingNode Workflow = Read();

    [Fact]
    public void Every_key_is_one_that_GitHub_knows()
    {
        Assert.Empty(Names(Workflow).Except(WorkflowKeys));
        foreach ((string name, YamlMappingNode job) in Jobs())
        {
            Assert.Empty(Names(job).Except(JobKeys));
            Assert.True(job.Children.ContainsKey("runs-on") && job.Children.ContainsKey("steps"), name);
            Assert.All(Steps(job), static step =>
            {
                Assert.Empty(Names(step).Except(StepKeys));
                Assert.True(step.Children.ContainsKey("uses") != step.Children.ContainsKey("run"), step.ToString());
            });
        }
    }

    [Fact]
    public void What_a_job_asks_for_another_one_or_the_matrix_gives()
    {
        Dictionary<string, YamlMappingNode> jobs = Jobs().ToDictionary(static job => job.Name, static job => job.Job);
        using JsonDocument matrix = JsonDocument.Parse(GitHubMatrix.Write(JobMatrix.Create("", ["a.sln"], [], []), new Dictionary<string, string>()));
        string[] given = [.. matrix.RootElement.GetProperty("include")[0].EnumerateObject().Select(static member => member.Name)];
        foreach ((string name, YamlMappingNode job) in Jobs())
        {
            string[] needs = !job.Children.TryGetValue("needs", out YamlNode? needed) ? [] : needed is YamlSequenceNode several ? [.. several.Children.Select(static other => other.ToString())] : [needed.ToString()];
            Assert.All(needs, other => Assert.True(jobs.ContainsKey(other), $"{name} needs {other}"));
            string text = job.ToString();
            Assert.All(MatrixUse().Matches(text).Select(static match => match.Groups[1].Value), member => Assert.Contains(member, given));
            Assert.All(NeedsUse().Matches(text), match =>
            {
                Assert.Contains(match.Groups[1].Value, needs);
                Assert.True(((YamlMappingNode)jobs[match.Groups[1].Value].Children["outputs"]).Children.ContainsKey(match.Groups[2].Value), match.Value);
            });
        }
    }

    private static IEnumerable<(string Name, YamlMappingNode Job)> Jobs() => ((YamlMappingNode)Workflow.Children["jobs"]).Children.Select(static job => (job.Key.ToString(), (YamlMappingNode)job.Value));

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode job) => ((YamlSequenceNode)job.Children["steps"]).Children.Cast<YamlMappingNode>();

    private static IEnumerable<string> Names(YamlMappingNode node) => node.Children.Keys.Select(static name => name.ToString());

    private static YamlMappingNode Read()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "ReproGate.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string page = File.ReadAllText(Path.Combine(root, "docs", "recipes", "clean-rooms-on-many-machines.md")).ReplaceLineEndings("\n");
        var stream = new YamlStream();
        stream.Load(new StringReader(Block().Match(page).Groups[1].Value));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\{\{ matrix\.(\w+)")]
    private static partial Regex MatrixUse();

    [GeneratedRegex(@"needs\.(\w+)\.outputs\.(\w+)")]
    private static partial Regex NeedsUse();
}
