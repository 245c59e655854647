using System.Text;
using NJsonSchema;
using ReproGate.CleanRoom.Jobs;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Jobs;

public sealed class JobMatrixTests
{
    [Theory]
    [InlineData("Shop.slnx", "", "", "Shop.slnx")]
    [InlineData("src/Shop/Shop.slnx", "linux/arm64", "", "src-Shop-Shop.slnx-linux-arm64")]
    [InlineData("Shop.slnx", "", "build-2", "Shop.slnx-build-2")]
    [InlineData(".hidden/-Shop.slnx", "", "", "hidden--Shop.slnx")]
    [InlineData("größe und mehr.slnx", "", "", "gr--e-und-mehr.slnx")]
    public void A_job_is_called_by_what_it_builds(string entry, string platform, string context, string name)
    {
        Assert.Equal(name, Job.NameOf(entry, platform, context));
        Assert.True(Job.IsName(name));
    }

    [Fact]
    public void A_name_stays_a_name_whatever_the_path_is()
    {
        string[] names = [.. ((string[])["日本.slnx", "...", new string('a', 500) + ".slnx", new string('a', 499) + "b.slnx"]).Select(static entry => Job.NameOf(entry, "", ""))];

        Assert.All(names, static name => Assert.True(Job.IsName(name), name));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Theory]
    [InlineData("Shop.slnx", true)]
    [InlineData("src/größe und mehr/..a.slnx", true)]
    [InlineData("../Shop.slnx", false)]
    [InlineData("src/../../Shop.slnx", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("C:/Windows/x.sln", false)]
    [InlineData("src\\Shop.sln", false)]
    [InlineData("src//Shop.sln", false)]
    [InlineData("a\nb.sln", false)]
    [InlineData("", false)]
    public void An_entry_stays_below_the_root(string entry, bool expected) => Assert.Equal(expected, Job.IsEntry(entry));

    [Theory]
    [InlineData("linux/amd64", true)]
    [InlineData("linux/arm/v7", true)]
    [InlineData("linux", false)]
    [InlineData("linux/arm/v7/x", false)]
    [InlineData("linux/ --privileged", false)]
    [InlineData("--privileged/x y", false)]
    public void A_platform_is_a_system_and_an_architecture(string platform, bool expected) => Assert.Equal(expected, Job.IsPlatform(platform));

    [Fact]
    public void Every_entry_meets_every_platform_and_names_are_told_apart()
    {
        JobMatrix matrix = JobMatrix.Create("", ["a/b.sln", "a-b.sln", "A-B.sln", "a/b.sln"], ["linux/amd64", "linux/arm64"], []);

        Assert.Equal(
            ["a-b.sln-linux-amd64", "a-b.sln-linux-arm64", "a-b.sln-linux-amd64-2", "a-b.sln-linux-arm64-2", "A-B.sln-linux-amd64-3", "A-B.sln-linux-arm64-3"],
            matrix.Jobs.Select(static job => job.Name));
        Assert.Equal(["one", "two"], JobMatrix.Create("", ["a.sln"], [], ["one", "two", "one"]).Jobs.Select(static job => job.Context));
        Assert.Equal(new Job("a.sln", "a.sln"), Assert.Single(JobMatrix.Create("", ["a.sln"], [], []).Jobs));
    }

    [Fact]
    public async Task A_matrix_is_read_as_it_was_written_and_fits_its_schema()
    {
        JobMatrix matrix = JobMatrix.Create("2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", ["src/größe.slnx", "b.sln"], ["linux/arm64"], ["two"]);
        byte[] json = JobMatrixFile.Write(matrix, "1.0.0");

        JobMatrix read = JobMatrixFile.Read(json);
        Assert.Equal((matrix.Commit, string.Join('|', matrix.Jobs)), (read.Commit, string.Join('|', read.Jobs)));
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(TestEnvironment.SourceRoot, "docs/file-formats/cleanroom.matrix.schema.json")));
        Assert.Empty(schema.Validate(Encoding.UTF8.GetString(json)));
        Assert.NotEmpty(schema.Validate(Encoding.UTF8.GetString(json).Replace("\"index\": 1", "\"index\": -1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"version":1,"commit":"","jobs":[{"index":0,"name":"../x","entry":"a.sln"}]}""", "of job 0, \"../x\", the name may hold")]
    [InlineData("""{"version":1,"commit":"","jobs":[{"index":0,"name":"x","entry":"../a.sln"}]}""", "the entry is no path below")]
    [InlineData("""{"version":1,"commit":"","jobs":[{"index":0,"name":"x","entry":"a.sln","platform":"--privileged"}]}""", "the platform is not")]
    [InlineData("""{"version":1,"commit":"","jobs":[{"index":0,"name":"x","entry":"a.sln","context":"-H"}]}""", "no context's name")]
    [InlineData("""{"version":1,"commit":"","jobs":[{"index":0,"name":"x","entry":"a.sln"},{"index":1,"name":"X","entry":"b.sln"}]}""", "another job has this name")]
    [InlineData("""{"version":1,"commit":"","jobs":[{"index":1,"name":"x","entry":"a.sln"}]}""", "the index is not 0")]
    [InlineData("""{"version":1,"commit":"","jobs":{}}""", "lacks something")]
    [InlineData("""{"version":2,"commit":"","jobs":[]}""", "has version 2")]
    [InlineData("""{"jobs":[]}""", "names no version")]
    [InlineData("""[1]""", "no JSON object")]
    [InlineData("""{"version":1,"jobs":[""", "not whole")]
    public void What_no_matrix_may_hold_is_refused_with_its_place(string json, string message)
    {
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => JobMatrixFile.Read(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);
    }
}
