using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>Finds out what an expression stands for, across methods, closures, state machines and fields.</summary>
internal sealed class ValueEvaluator(CodeProgram program, CallGraph graph)
{
    private const int MaximumDepth = 48;
    private const int MaximumFrames = 16;
    private const int MaximumMeanings = 48;
    private const int MaximumLifts = 400;
    private const long MaximumSteps = 4_000_000;

    /// <summary>Stands in a text where the name of the environment is put.</summary>
    public const string EnvironmentHole = "{Environment}";

    private readonly Dictionary<(string Owner, string Name), IReadOnlyList<Meaning>> _fields = [];
    private readonly HashSet<(string Owner, string Name)> _openFields = [];
    private long _steps;

    /// <summary>Whether the program was too entangled to be followed to its end.</summary>
    public bool GaveUp { get; private set; }

    /// <summary>Evaluates in a frame; <paramref name="needsCaller"/> tells that the outermost frame's caller decides.</summary>
    public IReadOnlyList<Meaning> Evaluate(CodeValue value, Frame frame, out bool needsCaller)
    {
        var run = new Run();
        IReadOnlyList<Meaning> meanings = Evaluate(value, frame, run, 0);
        needsCaller = run.NeedsCaller;
        return meanings;
    }

    /// <summary>Frames in which a method runs, one caller further out than <paramref name="frame"/> goes; empty where nobody in the program calls it.</summary>
    public IEnumerable<Frame> Lift(Frame frame)
    {
        Frame outermost = frame.Outermost;
        if (frame.Depth >= MaximumFrames)
        {
            yield break;
        }

        foreach (Caller caller in graph.CallersOf(outermost.Method))
        {
            // A method that calls itself says nothing new.
            if (!OnPath(frame, caller))
            {
                yield return Rebase(frame, outermost with { Site = caller.Site, Caller = new Frame(caller.Method), ByDelegate = caller.ByDelegate });
            }
        }
    }

    /// <summary>All closed meanings of an expression in a method, whoever calls it.</summary>
    public IReadOnlyList<Meaning> EvaluateClosed(CodeValue value, MethodNode method)
    {
        var all = new List<Meaning>();
        var open = new Queue<Frame>();
        open.Enqueue(new Frame(method));
        for (int lifts = 0; lifts < MaximumLifts && open.TryDequeue(out Frame? frame) && all.Count < MaximumMeanings; lifts++)
        {
            IReadOnlyList<Meaning> meanings = Evaluate(value, frame, out bool needsCaller);
            bool lifted = false;
            if (needsCaller)
            {
                foreach (Frame next in Lift(frame))
                {
                    lifted = true;
                    open.Enqueue(next);
                }
            }

            if (!lifted)
            {
                AddDistinct(all, meanings);
            }
        }

        return all;
    }

    /// <summary>A type as it is in a frame, type parameters filled in as far as they are known.</summary>
    public string TypeIn(string type, Frame? frame)
    {
        for (int depth = 0; frame is not null && depth < MaximumFrames && type.Contains('!', StringComparison.Ordinal); depth++)
        {
            if (frame.Site is { } site && !frame.ByDelegate)
            {
                type = CodeTypeName.Substitute(type, CodeTypeName.Arguments(site.IsNew || !site.Target.IsStatic || site.Target.Type.Contains('{', StringComparison.Ordinal) ? site.Target.Type : ""), site.TypeArguments);
            }
            else if (frame.Caller is not null && frame.Method.Owner is { IsGenerated: true } && !type.Contains("!!", StringComparison.Ordinal))
            {
                // The parameters of a generated type are those of the method it was made for.
                type = type.Replace("!", "!!", StringComparison.Ordinal);
            }

            frame = frame.Caller;
        }

        return type;
    }

    private IReadOnlyList<Meaning> Evaluate(CodeValue value, Frame frame, Run run, int depth)
    {
        if (depth > MaximumDepth)
        {
            return [Meaning.OfUnknown("is computed in too many steps")];
        }

        if (++_steps > MaximumSteps)
        {
            GaveUp = true;
            return [Meaning.OfUnknown("is computed in too many steps")];
        }

        switch (value)
        {
            case TextValue text:
                return [Meaning.OfText(text.Text)];
            case NumberValue number:
                return [new Meaning(MeaningKind.Number) { Text = number.Text }];
            case NullValue:
                return [Meaning.Null];
            case TypeValue type:
                return [new Meaning(MeaningKind.Type) { Text = TypeIn(type.Name, frame) }];
            case DelegateValue made:
                return [new Meaning(MeaningKind.Delegate) { Method = made.Method, Frame = frame, Target = made.Target }];
            case ParameterValue parameter:
                return Parameter(parameter.Index, frame, run, depth);
            case FieldValue field:
                return Field(field, frame, run, depth);
            case ChoiceValue choice:
                var alternatives = new List<Meaning>();
                foreach (CodeValue part in choice.Values)
                {
                    AddDistinct(alternatives, Evaluate(part, frame, run, depth + 1));
                }

                return WithoutGuesses(alternatives);
            case ConcatenationValue text:
                return Concatenation(text, frame, run, depth);
            case ListValue list:
                return [new Meaning(MeaningKind.Sequence) { Items = [.. list.Elements.SelectMany(element => Evaluate(element, frame, run, depth + 1)).Take(256)] }];
            case ElementValue element:
                return Elements(Evaluate(element.Sequence, frame, run, depth + 1));
            case CallValue call:
                return Call(call.Site, frame, run, depth);
            case UnknownValue unknown:
                return [Meaning.OfUnknown(unknown.Reason)];
            default:
                return [Meaning.OfUnknown("is computed")];
        }
    }

    // Where one way gives null or a caught exception and another a value, the value is what counts.
    private static IReadOnlyList<Meaning> WithoutGuesses(List<Meaning> meanings)
    {
        if (meanings.Count > 1)
        {
            meanings.RemoveAll(static meaning => meaning.Kind == MeaningKind.Null);
            if (meanings.Exists(static meaning => meaning.Kind == MeaningKind.Unknown))
            {
                // A number that is counted up.
                meanings.RemoveAll(static meaning => meaning.Kind == MeaningKind.Number);
            }
        }

        return meanings;
    }

    private IReadOnlyList<Meaning> Parameter(int index, Frame frame, Run run, int depth)
    {
        if (frame.Bound is { } bound)
        {
            return (uint)index < (uint)bound.Count ? bound[index] : [Meaning.OfUnknown("is a parameter")];
        }

        CodeMethodReference method = frame.Method.Method.Reference;
        string type = method.ArgumentType(index);
        if (frame.Caller is null)
        {
            run.NeedsCaller = true;
            return Typed(type, $"is a parameter of {frame.Method.DisplayName}");
        }

        if (frame.Site is null)
        {
            return Typed(type, $"is a parameter of {frame.Method.DisplayName}");
        }

        if (frame.ByDelegate)
        {
            return DelegateParameter(index - (method.IsStatic ? 0 : 1), type, frame, run, depth);
        }

        if (frame.Site.IsNew)
        {
            return index == 0 ? [new Meaning(MeaningKind.Object) { Text = method.Type }]
                : (uint)(index - 1) < (uint)frame.Site.Arguments.Length ? Narrowed(Evaluate(frame.Site.Arguments[index - 1], frame.Caller, run, depth + 1), type)
                : Typed(type, "is a parameter");
        }

        return (uint)index < (uint)frame.Site.Arguments.Length
            ? Narrowed(Evaluate(frame.Site.Arguments[index], frame.Caller, run, depth + 1), type)
            : Typed(type, "is a parameter");
    }

    // A configuration that nobody knows where it comes from is the application's own.
    private static IReadOnlyList<Meaning> Narrowed(IReadOnlyList<Meaning> meanings, string type) =>
        ConfigurationCalls.IsConfiguration(type) && type != "Microsoft.Extensions.Configuration.IConfigurationSection"
            && meanings.All(static meaning => meaning.Kind is MeaningKind.Unknown or MeaningKind.Null or MeaningKind.Object)
            ? [Meaning.Root]
            : meanings;

    private static IReadOnlyList<Meaning> Typed(string type, string reason) => type switch
    {
        "Microsoft.Extensions.Configuration.IConfigurationSection" => [new Meaning(MeaningKind.Configuration) { Text = Meaning.Unknown.ToString(), Reason = reason }],
        _ when ConfigurationCalls.IsConfiguration(type) => [Meaning.Root],
        _ => [Meaning.OfUnknown(reason)],
    };

    private IReadOnlyList<Meaning> DelegateParameter(int index, string type, Frame frame, Run run, int depth)
    {
        CodeSite site = frame.Site!;
        if (site.Target.Name == "Invoke" && (uint)(index + 1) < (uint)site.Arguments.Length)
        {
            return Evaluate(site.Arguments[index + 1], frame.Caller!, run, depth + 1);
        }

        if (site.Target.TypeDefinition is "System.Linq.Enumerable" or "System.Linq.ParallelEnumerable" or "System.Array" or "System.Threading.Tasks.Parallel"
            || site.Target.TypeDefinition.StartsWith("System.Collections.", StringComparison.Ordinal))
        {
            return index == 0 && site.Arguments.Length > 0 ? Elements(Evaluate(site.Arguments[0], frame.Caller!, run, depth + 1)) : Typed(type, "is an element of a collection");
        }

        // A method of the program that takes the delegate and calls it.
        var meanings = new List<Meaning>();
        foreach (MethodNode target in program.Resolve(site.Target, site.IsVirtual))
        {
            foreach (CodeSite inner in target.Body.Sites)
            {
                if (inner.Target.Name == "Invoke" && inner.Arguments.Length > index + 1 && inner.Arguments[0] is ParameterValue)
                {
                    AddDistinct(meanings, Evaluate(inner.Arguments[index + 1], new Frame(target, site, frame.Caller), run, depth + 1));
                }
            }
        }

        return meanings.Count > 0 ? meanings : Typed(type, $"is given to a lambda by {site.Target.Name}");
    }

    private IReadOnlyList<Meaning> Field(FieldValue value, Frame frame, Run run, int depth)
    {
        CodeField field = value.Field;
        string owner = CodeTypeName.Definition(field.Owner);
        if (program.Type(owner) is { IsGenerated: true })
        {
            // Captured variables: the nearest frame that stores into them is the one they belong to.
            IReadOnlyList<(MethodNode Method, CodeStore Store)> stores = graph.StoresTo(owner, field.Name);
            for (Frame? at = frame; at is not null; at = at.Caller)
            {
                var found = new List<Meaning>();
                foreach ((MethodNode method, CodeStore store) in stores)
                {
                    if (ReferenceEquals(method, at.Method) && run.Enter(store))
                    {
                        AddDistinct(found, Evaluate(store.Value, at, run, depth + 1));
                        run.Leave(store);
                    }
                }

                if (found.Count > 0)
                {
                    return WithoutGuesses(found);
                }
            }

            if (field.Name == "<>4__this")
            {
                return [new Meaning(MeaningKind.Object) { Text = field.Type }];
            }

            Frame outermost = frame.Outermost;
            if (stores.Any(store => graph.CallersOf(outermost.Method).Any()))
            {
                run.NeedsCaller = true;
            }
            else
            {
                var found = new List<Meaning>();
                foreach ((MethodNode method, CodeStore store) in stores)
                {
                    if (run.Enter(store))
                    {
                        AddDistinct(found, EvaluateClosed(store.Value, method));
                        run.Leave(store);
                    }
                }

                if (found.Count > 0)
                {
                    return WithoutGuesses(found);
                }
            }

            return Typed(field.Type, $"is the variable {Describe(value, frame)}");
        }

        return Field(owner, field);
    }

    private IReadOnlyList<Meaning> Field(string owner, CodeField field)
    {
        (string, string) key = (owner, field.Name);
        if (_fields.TryGetValue(key, out IReadOnlyList<Meaning>? known))
        {
            return known;
        }

        if (!_openFields.Add(key))
        {
            return [];
        }

        var meanings = new List<Meaning>();
        foreach ((MethodNode method, CodeStore store) in graph.StoresTo(owner, field.Name))
        {
            AddDistinct(meanings, EvaluateClosed(store.Value, method));
        }

        _openFields.Remove(key);
        WithoutGuesses(meanings);
        if (meanings.Count == 0 || meanings.TrueForAll(static meaning => meaning.Kind is MeaningKind.Unknown or MeaningKind.Null))
        {
            string name = field.Name.StartsWith('<') && field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field.Name[1..end] : field.Name;
            meanings = [.. Typed(field.Type, meanings.Count == 1 && meanings[0].Reason.Length > 0 ? meanings[0].Reason : $"is {name}, which nothing in the program sets to a constant")];
        }

        _fields[key] = meanings;
        return meanings;
    }

    private IReadOnlyList<Meaning> Concatenation(ConcatenationValue value, Frame frame, Run run, int depth)
    {
        List<Meaning> texts = [Meaning.OfText("")];
        foreach (CodeValue part in value.Parts)
        {
            IReadOnlyList<Meaning> parts = Evaluate(part, frame, run, depth + 1);
            var next = new List<Meaning>();
            foreach (Meaning left in texts)
            {
                foreach (Meaning right in parts)
                {
                    if (next.Count < MaximumMeanings)
                    {
                        AddDistinct(next, [Meaning.Join(left, right.AsText())]);
                    }
                }
            }

            if (next.Count > 0)
            {
                texts = next;
            }
        }

        return texts;
    }

    private static IReadOnlyList<Meaning> Elements(IReadOnlyList<Meaning> sequences)
    {
        var elements = new List<Meaning>();
        foreach (Meaning sequence in sequences)
        {
            switch (sequence.Kind)
            {
                case MeaningKind.Children:
                    AddDistinct(elements, [Meaning.Below(new Meaning(MeaningKind.Configuration) { Text = sequence.Text, Reason = sequence.Reason }, Meaning.OfText(Meaning.Each.ToString()))]);
                    break;
                case MeaningKind.Sequence:
                    AddDistinct(elements, sequence.Items);
                    break;
                case MeaningKind.Unknown:
                    AddDistinct(elements, [sequence]);
                    break;
                default:
                    AddDistinct(elements, [Meaning.OfUnknown("is an element of a collection")]);
                    break;
            }
        }

        return elements;
    }

    private IReadOnlyList<Meaning> Call(CodeSite site, Frame frame, Run run, int depth)
    {
        CodeMethodReference target = site.Target;
        IReadOnlyList<Meaning> Argument(int index) => (uint)index < (uint)site.Arguments.Length ? Evaluate(site.Arguments[index], frame, run, depth + 1) : [Meaning.OfUnknown("is missing")];
        switch (ConfigurationCalls.FormOf(target))
        {
            case CallForm.Section or CallForm.RequiredSection:
                return Cross(Argument(0), Argument(1));
            case CallForm.Children:
                return [.. Argument(0).Select(static section => section.Kind == MeaningKind.Configuration ? section with { Kind = MeaningKind.Children } : Meaning.OfUnknown("is a list of sections"))];
            case CallForm.SectionKey:
                return [.. Argument(0).Select(static section => Meaning.OfText(section.Text[(section.Text.LastIndexOf(':') + 1)..]) with { Reason = section.Reason })];
            case CallForm.SectionPath:
                return [.. Argument(0).Select(static section => Meaning.OfText(section.Text) with { Reason = section.Reason })];
            case CallForm.AllVariables:
                return [new Meaning(MeaningKind.Variables)];
            case CallForm.Variable when Argument(0) is [{ Kind: MeaningKind.Text, Text: "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT" }]:
                return [Meaning.OfText(EnvironmentHole)];
            case CallForm.Indexer or CallForm.SectionValue or CallForm.ConnectionString or CallForm.GetValue or CallForm.Variable or CallForm.Get:
                return [Meaning.OfUnknown("is itself read from the configuration")];
        }

        if (site.IsNew)
        {
            return [new Meaning(MeaningKind.Object) { Text = TypeIn(target.Type, frame) }];
        }

        if (target is { Name: "get_EnvironmentName" or "get_Environment", Returns: "System.String" })
        {
            return [Meaning.OfText(EnvironmentHole)];
        }

        if (program.IsOwn(target))
        {
            return Inline(site, frame, run, depth);
        }

        switch (target.Name)
        {
            // What hands on what it is given.
            case "GetAwaiter" or "GetResult" or "ConfigureAwait" or "get_Result" or "AsTask" or "GetEnumerator" or "GetAsyncEnumerator" or "ToString" or "Trim" or "ToLowerInvariant" or "ToUpperInvariant" or "ToLower" or "ToUpper"
                when target.TypeDefinition.StartsWith("System.", StringComparison.Ordinal) && !target.IsStatic:
                return Argument(0);
            case "FromResult" when site.Arguments.Length == 1:
                return Argument(0);
            case "get_Current" when target.TypeDefinition.StartsWith("System.Collections.", StringComparison.Ordinal):
                return Elements(Argument(0));
            case "ToList" or "ToArray" or "Where" or "OrderBy" or "OrderByDescending" or "AsEnumerable" or "Skip" or "Take" or "Distinct" or "Reverse" or "Cast" or "OfType" or "ToImmutableArray" or "ToHashSet" or "AsReadOnly"
                when target.TypeDefinition.StartsWith("System.Linq.", StringComparison.Ordinal) || target.TypeDefinition.StartsWith("System.Collections.", StringComparison.Ordinal):
                return Argument(0);
            case "First" or "FirstOrDefault" or "Single" or "SingleOrDefault" or "Last" or "LastOrDefault" or "ElementAt" when target.TypeDefinition == "System.Linq.Enumerable":
                return Elements(Argument(0));
            case "Select" or "SelectMany" when target.TypeDefinition == "System.Linq.Enumerable" && site.Arguments.Length == 2:
                IReadOnlyList<IReadOnlyList<Meaning>> element = [Elements(Argument(0))];
                var selected = new List<Meaning>();
                foreach (Meaning selector in Argument(1))
                {
                    AddDistinct(selected, Invoke(selector, element, run, depth));
                }

                return target.Name == "Select" ? [new Meaning(MeaningKind.Sequence) { Items = selected }] : selected;
            case "Invoke" when site.Arguments.Length > 0:
                IReadOnlyList<IReadOnlyList<Meaning>> arguments = [.. Enumerable.Range(1, site.Arguments.Length - 1).Select(Argument)];
                var results = new List<Meaning>();
                foreach (Meaning called in Argument(0))
                {
                    AddDistinct(results, Invoke(called, arguments, run, depth));
                }

                return results;
            case "GetService" or "GetRequiredService" when site.Arguments.Length >= 2 && Argument(1) is [{ Kind: MeaningKind.Type, Text: var service }] && ConfigurationCalls.IsConfiguration(service):
                return [Meaning.Root];
        }

        string returns = TypeIn(CodeTypeName.Substitute(target.Returns, CodeTypeName.Arguments(target.Type), site.TypeArguments), frame);
        if (returns == "Microsoft.Extensions.Configuration.IConfigurationSection")
        {
            return Typed(returns, $"comes from {target.Name}");
        }

        return ConfigurationCalls.IsConfiguration(returns) ? [Meaning.Root] : [Meaning.OfUnknown($"comes from {CodeTypeName.Simple(target.Type)}.{Shown(target.Name)}")];
    }

    private IReadOnlyList<Meaning> Inline(CodeSite site, Frame frame, Run run, int depth)
    {
        var meanings = new List<Meaning>();
        if (frame.Depth < MaximumFrames)
        {
            foreach (MethodNode method in program.Resolve(site.Target, site.IsVirtual))
            {
                if (!run.Enter(method))
                {
                    continue;
                }

                AddDistinct(meanings, Result(method, new Frame(method, site, frame), run, depth));
                run.Leave(method);
            }
        }

        string returns = TypeIn(CodeTypeName.Substitute(site.Target.Returns, CodeTypeName.Arguments(site.Target.Type), site.TypeArguments), frame);
        return meanings.Count > 0 ? Narrowed(WithoutGuesses(meanings), returns) : Typed(returns, $"comes from {Shown(site.Target.Name)}");
    }

    // What a method gives back: of an async method what it sets as its result, of an iterator what it yields.
    private IReadOnlyList<Meaning> Result(MethodNode method, Frame frame, Run run, int depth)
    {
        if (method.Method.StateMachine.Length == 0)
        {
            return method.Body.Returns is { } returned ? Evaluate(returned, frame, run, depth + 1) : [];
        }

        var meanings = new List<Meaning>();
        foreach (MethodNode part in program.MethodsOf(method.Method.StateMachine))
        {
            if (part.Method.Reference.Name != "MoveNext")
            {
                continue;
            }

            var inner = new Frame(part, null, frame);
            foreach (CodeSite site in part.Body.Sites)
            {
                if (site.Target.Name == "SetResult" && site.Arguments.Length == 2)
                {
                    AddDistinct(meanings, Evaluate(site.Arguments[1], inner, run, depth + 1));
                }
            }

            List<Meaning> yielded = [.. part.Body.Stores.Where(static store => store.Field.Name == "<>2__current").SelectMany(store => Evaluate(store.Value, inner, run, depth + 1)).Take(MaximumMeanings)];
            if (yielded.Count > 0)
            {
                meanings.Add(new Meaning(MeaningKind.Sequence) { Items = yielded });
            }
        }

        return meanings;
    }

    private IReadOnlyList<Meaning> Invoke(Meaning called, IReadOnlyList<IReadOnlyList<Meaning>> arguments, Run run, int depth)
    {
        if (called.Kind != MeaningKind.Delegate || called.Method is null || depth > MaximumDepth)
        {
            return [Meaning.OfUnknown("comes from a delegate")];
        }

        var meanings = new List<Meaning>();
        foreach (MethodNode method in program.Resolve(called.Method, isVirtual: true))
        {
            if (!run.Enter(method))
            {
                continue;
            }

            IReadOnlyList<Meaning> target = [new Meaning(MeaningKind.Object) { Text = method.Method.Reference.Type }];
            var frame = new Frame(method, null, called.Frame) { Bound = method.Method.Reference.IsStatic ? arguments : [target, .. arguments] };
            AddDistinct(meanings, Result(method, frame, run, depth));
            run.Leave(method);
        }

        return meanings;
    }

    private static IReadOnlyList<Meaning> Cross(IReadOnlyList<Meaning> sections, IReadOnlyList<Meaning> keys)
    {
        var crossed = new List<Meaning>();
        foreach (Meaning section in sections)
        {
            foreach (Meaning key in keys)
            {
                Meaning from = section.Kind is MeaningKind.Configuration ? section : new Meaning(MeaningKind.Configuration) { Text = Meaning.Unknown.ToString(), Reason = section.Reason };
                AddDistinct(crossed, [Meaning.Below(from, key.AsText())]);
            }
        }

        return crossed;
    }

    private static void AddDistinct(List<Meaning> all, IEnumerable<Meaning> more)
    {
        foreach (Meaning meaning in more)
        {
            if (all.Count < MaximumMeanings && !all.Contains(meaning))
            {
                all.Add(meaning);
            }
        }
    }

    /// <summary>An expression as a person would write it.</summary>
    public static string Describe(CodeValue value, Frame frame, int depth = 0)
    {
        if (depth > 6)
        {
            return "…";
        }

        switch (value)
        {
            case TextValue text:
                return $"\"{(text.Text.Length <= 80 ? text.Text : text.Text[..80] + "…")}\"";
            case NumberValue number:
                return number.Text;
            case NullValue:
                return "null";
            case ParameterValue parameter:
                int index = parameter.Index - (frame.Method.Method.Reference.IsStatic ? 0 : 1);
                return index < 0 ? "this" : index < frame.Method.Body.ParameterNames.Length && frame.Method.Body.ParameterNames[index].Length > 0 ? frame.Method.Body.ParameterNames[index] : $"argument {index + 1}";
            case FieldValue field:
                string name = field.Field.Name;
                return name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? name[1..end] : name;
            case ConcatenationValue text:
                return string.Join(" + ", text.Parts.Select(part => Describe(part, frame, depth + 1)));
            case ElementValue element:
                return $"{Describe(element.Sequence, frame, depth + 1)}[…]";
            case ChoiceValue choice:
                return string.Join(" or ", choice.Values.Take(3).Select(part => Describe(part, frame, depth + 1)));
            case CallValue { Site: var site }:
                string receiver = !site.Target.IsStatic && site.Arguments.Length > 0 && site.Arguments[0] is not UnknownValue && !site.IsNew ? Describe(site.Arguments[0], frame, depth + 1) + "." : "";
                return site.IsNew ? $"new {CodeTypeName.Simple(site.Target.Type)}(…)"
                    : site.Target.Name.StartsWith("get_", StringComparison.Ordinal) ? receiver + Shown(site.Target.Name)
                    : $"{receiver}{site.Target.Name}({(site.Arguments.Length > (site.Target.IsStatic ? 0 : 1) ? "…" : "")})";
            default:
                return "…";
        }
    }

    private static string Shown(string name) => name.StartsWith("get_", StringComparison.Ordinal) ? name[4..] : name;

    private static Frame Rebase(Frame frame, Frame outermost) =>
        frame.Caller is null ? outermost : frame with { Caller = Rebase(frame.Caller, outermost) };

    private static bool OnPath(Frame frame, Caller caller)
    {
        for (Frame? at = frame; at is not null; at = at.Caller)
        {
            if (ReferenceEquals(at.Method, caller.Method))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Run
    {
        private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

        public bool NeedsCaller { get; set; }

        public bool Enter(object what) => _open.Add(what);

        public void Leave(object what) => _open.Remove(what);
    }

}
