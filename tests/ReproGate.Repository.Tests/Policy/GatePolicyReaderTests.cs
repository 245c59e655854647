using System.Collections.Immutable;
using System.Text;
using CsCheck;
using ReproGate.Facts;
using ReproGate.Repository.Policy;

namespace ReproGate.Repository.Tests.Policy;

public sealed class GatePolicyReaderTests
{
    private static readonly string[] Speaking = ["a.props", ".editorconfig", "reprogate.allow.json", "reprogate.baseline.json"];

    [Theory]
    [InlineData("""<Project><Sdk Name="ReproGate.Sdk" Version="1.0.0" /></Project>""", "SdkReference ReproGate.Sdk 0 1,10")]
    [InlineData("""<Project Sdk="Microsoft.NET.Sdk;ReproGate.Sdk/1.0.0" />""", "SdkReference ReproGate.Sdk 0 1,1")]
    [InlineData("""<Project><Import Project="Sdk.props" Sdk="ReproGate.Sdk" /></Project>""", "SdkReference ReproGate.Sdk 0 1,10")]
    [InlineData("""<Project Sdk="ReproGate.Sdk.Other" />""", "")]
    [InlineData("<Project><PropertyGroup>\n  <ReproGateMachineEnabled>false</ReproGateMachineEnabled>\n</PropertyGroup></Project>", "Switch ReproGateMachineEnabled 0 2,3")]
    [InlineData("<Project><PropertyGroup><reprogatemode>observe</reprogatemode></PropertyGroup></Project>", "Switch reprogatemode 0 1,25")]
    [InlineData("<Project><PropertyGroup><ReproGateMode>enforce</ReproGateMode><ReproGateEnabled>true</ReproGateEnabled></PropertyGroup></Project>", "")]
    [InlineData("<Project><PropertyGroup><ReproGateEnabled>$(Anything)</ReproGateEnabled></PropertyGroup></Project>", "Switch ReproGateEnabled 0 1,25")]
    [InlineData("<Project><PropertyGroup><RestoreLockedMode Condition=\"'$(CI)' == ''\">false</RestoreLockedMode></PropertyGroup></Project>", "Switch RestoreLockedMode 0 1,25")]
    [InlineData("<Project><PropertyGroup><ReproGateCooldownDays>2</ReproGateCooldownDays></PropertyGroup></Project>", "Switch ReproGateCooldownDays 5 1,25")]
    [InlineData("<Project><PropertyGroup><ReproGateCooldownDays>14</ReproGateCooldownDays></PropertyGroup></Project>", "")]
    [InlineData("<Project><PropertyGroup><NoWarn>$(NoWarn);CS1591;rgate1003</NoWarn></PropertyGroup></Project>", "Suppression RGATE1003 in NoWarn 0 1,25")]
    [InlineData("<Project><PropertyGroup><NoWarn>CS1591</NoWarn></PropertyGroup><!-- <ReproGateEnabled>false</ReproGateEnabled> --></Project>", "")]
    [InlineData("<Project><Target><Message Text=\"RGATE1003\" /></Target></Project>", "")]
    [InlineData("<Project><PropertyGroup>", "")]
    [InlineData("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Project>&a;</Project>", "")]
    public void MSBuild_files(string text, string expected) => Expect("src/A.csproj", text, expected);

    [Theory]
    [InlineData("[*.cs]\ndotnet_diagnostic.RGATE1003.severity = none\n", "Severity RGATE1003 in [*.cs] 3 2,1")]
    [InlineData("is_global = true\r\n  dotnet_diagnostic.rgate1003.severity=warning # why\r\n", "Severity RGATE1003 in [] 1 2,3")]
    [InlineData("[*]\ndotnet_diagnostic.RGATE1012.severity = warning", "")] // its default
    [InlineData("[*]\ndotnet_diagnostic.RGATE1012.severity = error", "")]
    [InlineData("[*]\ndotnet_diagnostic.RGATE9999.severity = none", "")]
    [InlineData("[*]\n# dotnet_diagnostic.RGATE1003.severity = none\ndotnet_diagnostic.CA1000.severity = none", "")]
    public void Analyzer_configurations(string text, string expected) => Expect(".editorconfig", text, expected);

    [Fact]
    public void Exceptions_with_their_days_and_lines()
    {
        Expect("reprogate.allow.json", "{ \"allow\": [\n { \"variable\": \"ACME_*\", \"reason\": \"r\" },\n { \"package\": \"Acme\", \"until\": \"2027-01-31\", \"reason\": \"r\" } ] }", $"AllowedInput Variable ACME_* 0 2,1|AllowedInput Package Acme {new DateOnly(2027, 1, 31).DayNumber} 3,1");
        Expect("reprogate.baseline.json", """{ "findings": [ { "rule": "RGATE2003", "file": "a.csproj", "subject": "Acme", "fingerprint": "ab", "check": "c", "owner": "team", "reason": "why", "expires": "2027-01-31" } ] }""", $"AcceptedFinding ab {new DateOnly(2027, 1, 31).DayNumber} 1,17");
    }

    [Fact]
    public void Lock_files_speak_by_being_there_unless_a_property_says_where_they_lie()
    {
        RepositoryState files = State(("src/packages.lock.json", "{}"), ("reprogate.lock.json", "{}"), ("reprogate.env.json", "{}"));
        Assert.Equal(["ReproGateFile reprogate.env.json", "ReproGateFile reprogate.lock.json", "LockFile src/packages.lock.json"], GatePolicyReader.Read(files).Statements.Select(static statement => $"{statement.Kind} {statement.Subject}"));

        RepositoryState elsewhere = State(("src/packages.lock.json", "{}"), ("A.props", "<Project><PropertyGroup><NuGetLockFilePath>locks/a.json</NuGetLockFilePath></PropertyGroup></Project>"));
        Assert.Empty(GatePolicyReader.Read(elsewhere).Statements);
    }

    [Fact]
    public void Whatever_stands_in_a_file_it_is_read() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, Speaking.Length - 1]).Sample((content, index) =>
        Assert.DoesNotContain(
            GatePolicyReader.Read(new RepositoryState([Speaking[index]], ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(Speaking[index], content))).Statements,
            static statement => statement.Line < 1));

    [Fact]
    public async Task A_commit_and_the_work_tree_are_read_alike()
    {
        string root = Directory.CreateTempSubdirectory("policy ü ").FullName;
        try
        {
            foreach (string[] arguments in (string[][])[["init", "-q"], ["config", "user.email", "t@example.invalid"], ["config", "user.name", "t"]])
            {
                await Git(root, arguments);
            }

            Directory.CreateDirectory(Path.Combine(root, "ü b"));
            await File.WriteAllTextAsync(Path.Combine(root, "ü b", "A.props"), "<Project><PropertyGroup><ReproGateMode>observe</ReproGateMode></PropertyGroup></Project>");
            await File.WriteAllTextAsync(Path.Combine(root, "b.props"), "");
            await File.WriteAllTextAsync(Path.Combine(root, "c.txt"), "no policy");
            await Git(root, "add", "-A");
            await Git(root, "commit", "-qm", "c");

            RepositoryState? commit = await RepositoryState.OfCommitAsync(root, "HEAD", GatePolicyReader.Speaks, CancellationToken.None);
            RepositoryState? tree = await RepositoryState.OfWorkTreeAsync(root, GatePolicyReader.Speaks, CancellationToken.None);

            Assert.NotNull(commit);
            Assert.NotNull(tree);
            Assert.Equal(["b.props", "c.txt", "ü b/A.props"], commit.Files.Order(StringComparer.Ordinal));
            Assert.Equal(commit.Files.Order(StringComparer.Ordinal), tree.Files.Order(StringComparer.Ordinal));
            Assert.Equal(["b.props", "ü b/A.props"], commit.Contents.Keys.Order(StringComparer.Ordinal));
            Assert.Equal("ü b/A.props", Assert.Single(GatePolicyReader.Read(commit).Statements).File);
            Assert.Equal<PolicyStatement>([.. GatePolicyReader.Read(commit).Statements], [.. GatePolicyReader.Read(tree).Statements]);
            Assert.Null(await RepositoryState.OfCommitAsync(root, "0000000000000000000000000000000000000000", GatePolicyReader.Speaks, CancellationToken.None));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task Git(string root, params string[] arguments) =>
        await CliWrap.Cli.Wrap("git").WithArguments(arguments).WithWorkingDirectory(root).ExecuteAsync(CancellationToken.None);

    private static void Expect(string file, string text, string expected) => Assert.Equal(
        expected,
        string.Join('|', GatePolicyReader.Read(State((file, text))).Statements.Select(static statement => $"{statement.Kind} {statement.Subject} {statement.Looseness} {statement.Line},{statement.Column}")));

    private static RepositoryState State(params (string File, string Text)[] files) => new(
        [.. files.Select(static file => file.File)],
        files.ToImmutableDictionary(static file => file.File, static file => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text)));
}
