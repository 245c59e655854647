using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>Finds where code itself says what to listen on: Kestrel's <c>Listen…</c>, <c>app.Urls.Add</c>, <c>app.Run(url)</c>. <c>UseUrls</c> is a setting (<see cref="HostChain"/>).</summary>
internal sealed class ListenCalls(CodeProgram program, CallGraph graph, ValueEvaluator evaluator, Func<string, CodePlace?, SourceLocation?> locate)
{
    private const int MaximumDepth = 8;
    private const string Options = "Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions";
    private const string Application = "Microsoft.AspNetCore.Builder.WebApplication";

    private readonly GuardAnalysis _guards = new(program, graph);

    /// <summary>Looks at every method that may run.</summary>
    public ImmutableArray<CodeListener> Find() =>
        [.. program.Methods.Where(static method => method.Reached).SelectMany(static method => method.Body.Sites, (method, site) => Of(site, method)).OfType<CodeListener>()];

    private CodeListener? Of(CodeSite site, MethodNode method)
    {
        CodeMethodReference target = site.Target;
        if (target.TypeDefinition == Options && target.Name.StartsWith("Listen", StringComparison.Ordinal) && site.Arguments.Length > 1)
        {
            return Found(site, method, ListenerKind.Endpoint, target.Name switch
            {
                "ListenAnyIP" => ("http", "*", PortOf(site.Arguments[1], method)),
                "ListenLocalhost" => ("http", "localhost", PortOf(site.Arguments[1], method)),
                "Listen" => Endpoint(site, method),
                // A socket, a pipe or a handle has no port, and yet Kestrel takes no address of the configuration beside it.
                _ => ("http", "", 0),
            });
        }

        if (target.TypeDefinition == Application && target.Name is "Run" or "RunAsync" && site.Arguments is [_, var url] && url is not NullValue)
        {
            IReadOnlyList<Meaning> meanings = evaluator.EvaluateClosed(url, method);
            return meanings is [{ Kind: MeaningKind.Null }] ? null : Found(site, method, ListenerKind.Address, Address(meanings));
        }

        bool addresses = target.TypeDefinition == "System.Collections.Generic.ICollection`1" && target.Name == "Add"
            && site.Arguments is [CallValue { Site.Target: { TypeDefinition: Application, Name: "get_Urls" } }, _];
        return addresses ? Found(site, method, ListenerKind.Address, Address(evaluator.EvaluateClosed(site.Arguments[1], method))) : null;
    }

    private CodeListener Found(CodeSite site, MethodNode method, ListenerKind kind, (string Scheme, string Host, int Port) address)
    {
        Guarding guarding = _guards.Of(site, method, []);
        // Below a condition that is not about the environment's name nobody knows whether it is called.
        bool certain = !guarding.ByConfiguration && IsUnconditional(site, method, guarding.OnlyIn.Count + guarding.NotIn.Count, 0);
        string member = kind == ListenerKind.Endpoint ? site.Target.Name : site.Target.Name == "Add" ? "Urls.Add" : site.Target.Name;
        return new CodeListener(kind, certain ? address.Port : 0, address.Scheme, address.Host, member, locate(method.Assembly.Name, site.Place)) { OnlyIn = [.. guarding.OnlyIn], NotIn = [.. guarding.NotIn] };
    }

    private bool IsUnconditional(CodeSite site, MethodNode method, int environments, int depth)
    {
        if (site.Guards.Length > environments)
        {
            return false;
        }

        IReadOnlyList<Caller> callers = graph.CallersOf(method);
        return depth > MaximumDepth || callers.Count == 0 || callers.Any(caller => caller.Site is null || IsUnconditional(caller.Site, caller.Method, environments - site.Guards.Length, depth + 1));
    }

    private (string Scheme, string Host, int Port) Endpoint(CodeSite site, MethodNode method)
    {
        CodeValue address = site.Arguments[1];
        CodeValue? port = site.Target.Parameters is [_, "System.Int32", ..] ? site.Arguments[2] : null;
        if (address is CallValue { Site: { IsNew: true, Target.TypeDefinition: "System.Net.IPEndPoint", Arguments: [var inner, var given] } })
        {
            (address, port) = (inner, given);
        }

        // Fields of System.Net.IPAddress.
        string host = address is FieldValue { Field: { Owner: "System.Net.IPAddress", Name: var name } }
            ? name switch { "Loopback" => "127.0.0.1", "IPv6Loopback" => "[::1]", "IPv6Any" => "[::]", _ => "0.0.0.0" }
            : "0.0.0.0";
        return ("http", host, port is null ? 0 : PortOf(port, method));
    }

    private int PortOf(CodeValue value, MethodNode method) =>
        evaluator.EvaluateClosed(value, method) is [{ Kind: MeaningKind.Number, Text: var text }] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535 ? port : 0;

    private static (string Scheme, string Host, int Port) Address(IReadOnlyList<Meaning> meanings) =>
        meanings is [{ Kind: MeaningKind.Text, Text: var text }] && !text.Contains(Meaning.Unknown, StringComparison.Ordinal) && ListeningPorts.ParseAddress(text) is { } address ? address : ("http", "", 0);
}
