import Type from 'typebox'
import { type Model, models } from '../models.ts'
import type { RouteParts } from '../route.ts'
import { failures } from '../route.ts'

/** The attributes of each model. */
export const objspecRoutes = ({ http }: RouteParts): void => {
  for (const model of Object.keys(models) as Model[])
    http.get(
      `/objspec/${model}`,
      {
        schema: {
          operationId: `objspec_${model}`,
          tags: ['Models'],
          summary: `The attributes of ${model}`,
          response: {
            200: Type.Object({
              result: Type.Literal('success'),
              [model]: Type.Record(
                Type.String(),
                Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean()])),
              ),
            }),
            ...failures(),
          },
        },
      },
      async () => ({ result: 'success', [model]: models[model] }) as never,
    )
}
