using System.Text;
using ReproGate.Facts;
using ReproGate.Repository;
using ReproGate.Repository.Machine;

namespace ReproGate.Repository.Tests.Machine;

public sealed class MachineReadersTests
{
    [Theory]
    [InlineData("git rev-parse HEAD", "git")]
    [InlineData("cd x && npm ci || echo no", "cd|npm|echo")]
    [InlineData("\"C:\\Program Files\\x.exe\" a", "C:\\Program Files\\x.exe")]
    [InlineData("FOO=1 BAR=\"a b\" tool a", "tool")]
    [InlineData("@echo off\nrem x\ntool.exe", "echo|rem|tool.exe")]
    [InlineData("cat a | acme-filter && tool", "cat|tool")]
    [InlineData("tool > out.txt 2>&1", "tool")]
    [InlineData("# comment\ntool \\\n --x", "tool")]
    [InlineData("$([System.IO.Path]::Combine('a b', 'c')) x", "$([System.IO.Path]::Combine('a b', 'c'))")]
    [InlineData("\"$(Tool Path)\" x", "$(Tool Path)")]
    [InlineData("@(Tool) x", "")]
    [InlineData("if exist x tool", "")]
    [InlineData("first\nfor f in *; do second; done\nthird", "first")]
    [InlineData("cat <<EOF\ntool\nEOF", "")]
    [InlineData("echo \"open", "")]
    [InlineData("sudo env X=1 tool", "tool")]
    [InlineData("( tool )", "tool")]
    [InlineData("tool; other", "tool")]
    [InlineData("", "")]
    public void Commands_are_taken_out_of_a_command_line(string text, string programs) =>
        Assert.Equal(programs, string.Join('|', CommandText.Commands(text).Select(static words => words[0])));

    [Fact]
    public void Hostile_commands_end_in_bounded_time()
    {
        Assert.Empty(CommandText.Commands(new string('(', 200_000)));
        Assert.NotNull(CommandText.Commands(string.Concat(Enumerable.Repeat("$(", 40_000))).ToArray());
        Assert.NotNull(CommandText.Commands(string.Concat(Enumerable.Repeat("a&&", 30_000))).ToArray());
    }

    [Theory]
    [InlineData("""{ "allow": [] }""", null)]
    [InlineData("""{ "$schema": {"x":[1]}, /* c */ "allow": [ { "variable": "X", "reason": "r", }, ], }""", null)]
    [InlineData("""{ "allow": [ { "variable": "X" } ] }""", "has no \"reason\"")]
    [InlineData("""{ "allow": [ { "variable": "X", "reason": " " } ] }""", "is empty")]
    [InlineData("""{ "allow": [ { "reason": "r" } ] }""", "names nothing")]
    [InlineData("""{ "allow": [ { "variable": "X", "path": "y", "reason": "r" } ] }""", "another entry")]
    [InlineData("""{ "allow": [ { "variabel": "X", "reason": "r" } ] }""", "not 'variabel'")]
    [InlineData("""{ "allow": [ { "path": "../*", "reason": "r" } ] }""", "everything")]
    [InlineData("""{ "allow": [ "X" ] }""", "expected an entry")]
    [InlineData("""{ "allow": {} }""", "expected a list")]
    [InlineData("""{ "allows": [] }""", "not 'allows'")]
    [InlineData("""{ }""", "expected \"allow\"")]
    [InlineData("[]", "expected an object")]
    [InlineData("", "no JSON")]
    [InlineData("""{ "allow": [ }""", "no JSON")]
    [InlineData("""{ "allow": [] } x""", "no JSON")]
    public void The_allow_list_is_read_strictly(string text, string? problem)
    {
        AllowListReader.Parse("/r/reprogate.allow.json", Encoding.UTF8.GetBytes(text), out MalformedFile? malformed);

        if (problem is null)
        {
            Assert.Null(malformed);
        }
        else
        {
            Assert.Contains(problem, malformed!.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_fault_of_the_allow_list_has_its_line_and_column()
    {
        AllowListReader.Parse("/r/a.json", "{\n  // häuser\n  \"allow\": [\n    { \"variable\": \"X\", \"because\": \"r\" }\n  ]\n}"u8, out MalformedFile? malformed);

        Assert.Equal(new SourceLocation("/r/a.json", 4, 24), malformed!.Location);
    }

    [Fact]
    public void No_mutation_of_an_allow_list_throws()
    {
        byte[] good = "{ \"allow\": [ { \"path\": \"~/ä\\u0041*\", \"reason\": \"r\" } ] }"u8.ToArray();
        var random = new Random(7);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            AllowListReader.Parse("/r/a.json", bytes, out _);
            GlobalJsonReader.ParsePolicy(bytes, "/r/global.json");
        }
    }

    [Fact]
    public void The_pin_is_read_with_its_places()
    {
        SdkPolicy policy = GlobalJsonReader.ParsePolicy("{\n  // c\n  \"sdk\": { \"version\": \"10.0.401\",\n    \"rollForward\": \"latestPatch\", \"paths\": [ \"x\" ] },\n}"u8, "/r/global.json");

        Assert.Null(policy.Fault);
        Assert.Equal(("10.0.401", 3, 24), (policy.Version!.Value, policy.Version.Span.Line, policy.Version.Span.StartColumn));
        Assert.Equal(("latestPatch", 4, 21), (policy.RollForward!.Value, policy.RollForward.Span.Line, policy.RollForward.Span.StartColumn));
        Assert.NotNull(GlobalJsonReader.ParsePolicy("{ \"sdk\": "u8, "/r/global.json").Fault);
        Assert.Null(GlobalJsonReader.ParsePolicy("{ \"sdk\": { \"version\": 10 } }"u8, "/r/global.json").Version);
    }

    [Fact]
    public void Untracked_folders_hold_what_is_below_them()
    {
        var files = new UntrackedFiles(["/r/new/"], ["/r/x.dll"]);

        Assert.Equal(TrackedState.Untracked, files.StateOf("/r/new/a/b.cs"));
        Assert.Equal(TrackedState.Ignored, files.StateOf("/r/x.dll"));
        Assert.Equal(TrackedState.Tracked, files.StateOf("/r/newer/b.cs"));
    }
}
